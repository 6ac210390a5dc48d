"""Letters, printed in six languages and looked into."""
