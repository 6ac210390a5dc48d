"""The writes of the log: appending to the inbox, sealing the inbox into the log."""
