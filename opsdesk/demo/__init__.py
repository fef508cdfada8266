"""The demonstration: a fictional union, two months replayed through the commands. Never in production."""
