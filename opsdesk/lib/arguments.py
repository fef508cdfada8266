"""Arguments of the command line that people type."""

import argparse
from datetime import date

from .era import read_date


def day(text: str) -> date:
    """R8.11.20, 令和8年11月20日, 2026-11-20 …; a wrong one is told in a sentence."""
    try:
        return read_date(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
