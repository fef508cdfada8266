"""SearchText: what is found by searching; a row beside each thing that has words of its own."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .case import Case
from .comment import Audience, AudienceQuerySet
from .task import Task


class SearchQuerySet(AudienceQuerySet):
    def holding(self, words: Sequence[str]):
        """Rows that hold all of `words` (folded), one of them at least in their own words."""
        own = [Q(folded__contains=word) for word in words]
        if len(own) < 2:  # each LIKE is a look at the whole text
            return self.filter(*own)
        every = [found | Q(context__contains=word) for found, word in zip(own, words, strict=True)]
        return self.filter(reduce(or_, own), *every)

    def visible_to(self, user: Any, today: date):
        """Rows of what `user` may read: of a task or case they see, for whose audience they count."""
        tasks = Task.objects.visible_to(user, today).filter(pk=OuterRef("task"))
        cases = Case.objects.visible_to(user, today).filter(pk=OuterRef("case"))
        return self.for_audience(user, today).filter(Exists(tasks) | Exists(cases))


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
