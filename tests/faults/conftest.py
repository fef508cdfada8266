"""A mail server that survives whoever sends to it."""

from tests.smtp import post

__all__ = ["post"]
