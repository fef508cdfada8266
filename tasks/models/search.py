"""SearchText: what is found by searching; a row beside each thing that has words of its own."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan, IsNull
from django.utils.translation import gettext_lazy as _

from raci.access import standing_of
from tasks.reach import reach_of

from .among import Among
from .case import Case
from .comment import Audience, AudienceQuerySet, ears_of
from .task import Task


class SearchQuerySet(AudienceQuerySet):
    def holding(self, words: Sequence[str]):
        """Rows that hold all of `words` (folded), one of them at least in their own words."""
        own = [_holds("folded", word) for word in words]
        if len(own) < 2:  # each is a look at the whole text
            return self.filter(*own)
        every = [found | _holds("context", word) for found, word in zip(own, words, strict=True)]
        return self.filter(reduce(or_, own), *every)

    def among(self, ids: list[int]):
        """Of the rows `ids`."""
        return self.filter(Among(F("pk"), Value(ids)))

    def visible_to(self, user: Any, today: date):
        """Rows of what `user` may read: of a task or case they see, for whose audience they count."""
        standing = standing_of(user, today)
        heard, reach = self.heard_by(ears_of(standing)), reach_of(standing)
        if reach is None:
            return heard
        tasks = Task.objects.within(reach).filter(pk=OuterRef("task"))
        cases = Case.objects.within(reach).filter(pk=OuterRef("case"))
        return heard.filter(_there_is(tasks) | _there_is(cases))


def _holds(field: str, word: str) -> Q:
    """Not LIKE: how often it holds is guessed from a sample, and so is how the rows are found."""
    return Q(GreaterThan(StrIndex(field, Value(word)), 0))


def _there_is(rows: models.QuerySet) -> Q:
    """Not EXISTS: PostgreSQL would read all the rows once instead of the few that are asked for."""
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


class SearchText(models.Model):
    """Derived: commands write it with what they change, `manage.py reindex` makes it anew.

    `text` is as people wrote it, `folded` the same for comparing; `context` (folded) is where it belongs:
    number, work, period, organization. Words there count only together with own ones: what a duty says is
    found by the duty, not by each of its tasks. `of` is the id of the row that the words come from."""

    class Kind(models.TextChoices):
        TASK = "task", _("作業の記録")
        CASE = "case", _("案件")
        COMMENT = "comment", _("コメント")
        FILE = "file", _("ファイル")

    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices)
    of = models.PositiveBigIntegerField()
    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("作業")
    )
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("案件")
    )
    audience = models.CharField(_("公開範囲"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField(_("日時"))
    text = models.TextField(_("本文"))
    folded = models.TextField()
    context = models.TextField()

    objects = SearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("検索の索引")
        verbose_name_plural = _("検索の索引")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "of"], name="search_text_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="search_text_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.of}"
