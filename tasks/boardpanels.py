"""Panels that apps above add to the dashboards; they register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable

from .boards import Board
from .kinds import Panel

#: Above the sections of the day, or beside them.
MAIN, SIDE = "main", "side"
_panels: list[tuple[str, Callable[[Board], Panel | None]]] = []


def register(place: str, question: Callable[[Board], Panel | None]) -> None:
    """`question` gives the panel of a board, or None for who has nothing to do with it. Twice is once."""
    if (place, question) not in _panels:
        _panels.append((place, question))


def panels_of(board: Board, place: str) -> list[Panel]:
    """In the order in which they were registered."""
    found = [question(board) for where, question in _panels if where == place]
    return [panel for panel in found if panel is not None]
