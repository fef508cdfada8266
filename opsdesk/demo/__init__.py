"""The demonstration: a fictional union, its last two months replayed through the commands. Never in production."""
