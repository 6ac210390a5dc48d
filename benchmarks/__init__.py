"""Benchmarks: one file a question, each printed with a ratio to a limit or a rival measured in the same run."""
