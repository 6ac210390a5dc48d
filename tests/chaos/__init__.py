"""What is killed in the middle comes back to the same end."""
