"""The lake: the log and what follows from it as Parquet, for analysis and backtests. It holds no personal data.

Tells no events. Listens to none: it follows the log by a watermark.
"""
