"""What a form changed: the four beats' middle, the same for every kind of account row."""

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """The row as it stands in the database, locked until the end of the transaction."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def apply(row: models.Model, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Put `values` on `row`, save those that differ; returns {field: [before, after]} for the Event."""
    before = {name: getattr(row, name) for name in values}
    changed = {
        name: [_plain(before[name]), _plain(value)] for name, value in values.items() if before[name] != value
    }
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=list(changed))
    return changed


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value
