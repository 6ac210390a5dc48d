"""Tags of the console's pages."""
