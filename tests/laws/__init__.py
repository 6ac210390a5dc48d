"""The laws of journeys, each a test. The first is the constitution: see `test_horizon.py`."""
