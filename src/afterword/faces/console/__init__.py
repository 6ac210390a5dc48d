"""The console, where the team works. Tells no events; listens to none: it shows what the rooms know."""
