"""The writes of orders: following the log, completing what comes in, telling what follows from it."""
