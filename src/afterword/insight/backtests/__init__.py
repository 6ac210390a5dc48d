"""Backtests: the live journey, asked of the past. The same statements, on DuckDB, with the horizon at the end of the period.

Tells no events. Listens to none: it reads the lake.
"""
