"""What it was worth: the lake, backtests, metrics, experiments."""
