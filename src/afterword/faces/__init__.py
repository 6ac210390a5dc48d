"""What people and machines see: console (the team), storefront (the customer), api, cli, mailbox."""
