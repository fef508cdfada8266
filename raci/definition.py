"""What a published duty asks: fields, marks, signers and edges; kept, since it never changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from . import access, changes, outline, restricted
from .models import Assignment, Duty, DutyField, FollowUp, Mark, Signer


@dataclass(frozen=True)
class Definition:
    """Of one duty. `before` and `after` are the duties along its edges, of the same edition; what confirms it
    comes after it by the edge that leads there."""

    fields: tuple[DutyField, ...]
    assignments: tuple[Assignment, ...]
    signers: tuple[Signer, ...]
    before: tuple[Duty, ...]
    after: tuple[Duty, ...]

    def mark_of(self, role_id: int) -> str:
        return next((a.mark for a in self.assignments if a.role_id == role_id), "")

    def roles_with(self, mark: str = Mark.MAIN) -> set[int]:
        return {a.role_id for a in self.assignments if a.mark == mark}


@lru_cache(maxsize=2048)
def definition_of(duty_id: int) -> Definition:
    """The definition of a duty of a *published* edition (tasks hang on no other)."""
    duty = Duty.objects.get(pk=duty_id)
    edges = FollowUp.objects.exclude(kind__in=[FollowUp.Kind.LINKED, FollowUp.Kind.CONFIRMING])
    same = Duty.objects.filter(edition_id=duty.edition_id).order_by("position")
    before = edges.filter(target_key=duty.key, duty__edition_id=duty.edition_id).values("duty_id")
    return Definition(
        fields=tuple(DutyField.objects.filter(duty=duty).select_related("signer_role").order_by("position")),
        assignments=tuple(
            Assignment.objects.filter(duty=duty).select_related("role").order_by("role__position")
        ),
        signers=tuple(Signer.objects.filter(duty=duty).select_related("role").order_by("position")),
        before=tuple(same.filter(pk__in=before)),
        after=tuple(same.filter(key__in=edges.filter(duty=duty).values("target_key"))),
    )


@lru_cache(maxsize=64)
def labels_of(edition_id: int) -> dict[tuple[int, str], str]:
    """Labels of the fields of a *published* edition by (duty key, field key)."""
    rows = DutyField.objects.filter(duty__edition=edition_id, parent=None).order_by()
    return {(key, name): label for key, name, label in rows.values_list("duty__key", "key", "label")}


def forget() -> None:
    """Drop what is kept; tests that roll their database back call it."""
    definition_of.cache_clear()
    labels_of.cache_clear()
    access.forget()
    outline.forget()
    changes.forget()
    restricted.forget()
