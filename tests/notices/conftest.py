"""Notices with a mail server: a real one on the loopback."""

from tests.smtp import post

__all__ = ["post"]
