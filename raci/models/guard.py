"""Guarded: rows of an edition that refuse to be saved or deleted once it is published."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal

from .edition import Edition


def refuse_published(editions: models.QuerySet[Edition]) -> None:
    """Raise Refusal if one of `editions` is no draft."""
    number = editions.exclude(state=Edition.State.DRAFT).values_list("number", flat=True).first()
    if number is not None:
        raise Refusal(
            _("公開した分担表(第%(number)s版)は変更できません。改定案を作って直してください。")
            % {"number": number}
        )


class Guarded(models.Model):
    """A row that hangs on a duty; the database's triggers guard what passes by `save()` and `delete()`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_published(self.editions())
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_published(self.editions())
        return super().delete(*args, **kwargs)

    def editions(self) -> models.QuerySet[Edition]:
        """The edition that the row is in, and the one that its stored state is in."""
        stored: Any = type(self)._default_manager.filter(pk=self.pk)
        duties = [self.duty_id, *stored.values_list("duty_id", flat=True)]  # type: ignore[attr-defined]
        return Edition.objects.filter(duties__in=duties)
