"""One published version of a task as it was: its answers and files, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from raci.definition import definition_of
from tasks.acknowledgements import Version
from tasks.answers import Reading, fields_of
from tasks.forms import Drawn, draw
from tasks.models import Publication
from tasks.papers import Paper

from .publishing import Publishing


@dataclass(frozen=True)
class Past:
    """`files` answer no field; `gone` is how many of its files were withdrawn since."""

    version: Version
    form: Drawn
    files: list[Paper]
    gone: int


def past_of(page: Publishing, number: int) -> Past:
    """Version `number` of the page's task, drawn by the fields of its own edition; Http404 without it."""
    version = next((v for v in page.versions if v.number == number), None)
    if version is None:
        raise Http404(_("この版はありません。"))
    row = Publication.objects.get(task=page.task, version=number)
    fields = [f for f in fields_of(definition_of(row.duty_id).fields) if f.key not in page.hidden]
    files = [f for f in page.papers.files if f.pk in version.files]
    standing = [f for f in files if f.gone_at is None]
    form = draw(
        fields,
        values=row.answers,
        editable=(),
        reading=Reading(answers=row.answers),
        errors={},
        previous={},
        files={f.place: [x for x in standing if x.place == f.place] for f in standing},
    )
    return Past(version, form, [f for f in standing if not f.place], len(files) - len(standing))
