"""Where the rooms are put together: settings, addresses, the list of rooms, processes."""
