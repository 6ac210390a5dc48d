"""Writes of the backtests room: replay a journey on DuckDB, keep what came out."""
