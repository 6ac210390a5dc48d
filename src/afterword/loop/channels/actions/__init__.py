"""What is done about the ways out: domains and their keys, paces, rests."""
