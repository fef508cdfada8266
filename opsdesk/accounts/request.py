"""The request as views get it."""

from opsdesk.lib.request import Request

__all__ = ["Request"]
