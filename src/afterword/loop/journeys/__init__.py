"""Journeys: visits become departures and intents, live and in backtests by the same expression.

Tells `experiment.held_out`. Listens to whatever its journeys listen to.
"""
