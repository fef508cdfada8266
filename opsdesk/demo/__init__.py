"""The demonstration: a fictional union whose last two months are replayed through the commands. Never in production."""
