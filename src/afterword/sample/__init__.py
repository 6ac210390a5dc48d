"""A shop whose truth is known (the simulator), and ways to replay real data as a living shop."""
