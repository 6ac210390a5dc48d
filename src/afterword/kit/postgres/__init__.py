"""PostgreSQL that comes with the package: where it lives, how it starts, stops and comes back after a crash.

Only the binaries are the wheel's; watching over them is ours. A server is believed to run when its process is the right
one (number, executable, start) and it answers a question, never because a file says so.
"""
