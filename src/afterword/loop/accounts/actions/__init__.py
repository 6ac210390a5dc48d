"""The deeds of the accounts room: `team` (members, stores, switches, second opinions) and `keys` (write keys)."""
