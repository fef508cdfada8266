"""The form of a duty as the person who closes it will see it, from rows that are stored nowhere."""

from __future__ import annotations

from tasks.asked import Field, Reading
from tasks.forms import Drawn, draw

from .ground import Ground


def drawn(ground: Ground) -> Drawn:
    """All fields of the own duty, empty, with what they begin with."""
    fields = [Field(top, columns) for top, columns in ground.drawn_fields()]
    editable = {f.key for f in fields if not f.row.options.get("is_shown")}
    values = {f.key: f.row.options["default"] for f in fields if "default" in f.row.options}
    return draw(fields, values=values, editable=editable, reading=Reading(), errors={}, previous={}, files={})
