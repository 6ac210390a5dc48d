"""The writes of intake: taking bodies in, keeping what was not understood, importing files."""
