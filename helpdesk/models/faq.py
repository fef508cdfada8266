"""Faq: a question that was asked before, and its answer."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.folding import fold

from .inquiry import Inquiry


class FaqQuerySet(models.QuerySet):
    def visible_to(self, edits: bool):
        """Everybody reads what is published; who `edits`, drafts too."""
        return self.all() if edits else self.published()

    def published(self):
        return self.filter(is_published=True)

    def holding(self, words: list[str]):
        """Those that hold any of `words` (folded)."""
        return self.filter(reduce(or_, (Q(folded__contains=w) for w in words))) if words else self.none()


class Faq(models.Model):
    """A draft until it is published; everybody reads what is published. `folded` is for searching."""

    question = models.CharField(_("質問"), max_length=300)
    answer = models.TextField(_("回答"), max_length=5000)
    category = models.CharField(_("分類"), max_length=40, blank=True, default="")
    keywords = models.CharField(
        _("検索のことば"), max_length=200, blank=True, default="", help_text=_("空白で区切ります。")
    )
    source = models.ForeignKey(
        Inquiry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposed",
        verbose_name=_("もとの問合せ"),
    )
    is_published = models.BooleanField(_("公開"), default=False)
    changed_at = models.DateTimeField(_("更新日時"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("更新者"),
    )
    version = models.PositiveIntegerField(default=0)
    folded = models.TextField(blank=True, default="", editable=False)

    objects = FaqQuerySet.as_manager()

    class Meta:
        verbose_name = _("FAQ")
        verbose_name_plural = _("FAQ")
        ordering = ["category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(source__isnull=False), name="faq_of_inquiry"
            )
        ]

    def __str__(self) -> str:
        return self.question

    def derive(self) -> None:
        self.folded = fold(" ".join((self.question, self.answer, self.category, self.keywords)))
