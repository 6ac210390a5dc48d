"""The third engine, on a cluster of several processes that the tests start. Not part of `make test`."""
