"""What apps above add beside a dashboard. They append to PANELS in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .boards import Board


class Panel(NamedTuple):
    """The template finds `what` under that name."""

    template: str
    what: Any


#: Each gives a panel for one board, or None; a statement at most.
PANELS: list[Callable[[Board], Panel | None]] = []


def panels_of(board: Board) -> list[Panel]:
    return [panel for make in PANELS if (panel := make(board)) is not None]
