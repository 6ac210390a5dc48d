"""What a developer or an owner asks on the command line. Tells no events."""
