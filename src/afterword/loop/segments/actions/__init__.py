"""What is done with segments: compile, keep, fill, follow."""
