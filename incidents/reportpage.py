"""The page of a 障害報告書: the version shown, the others, what the person may do with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tasks.acknowledgements import Version, versions_of
from tasks.casepage.base import Base
from tasks.caseplace import address
from tasks.linediff import DiffLine, compared
from tasks.models import Task
from tasks.models.comment import ears_of
from tasks.page.publishing import ack_words, chip

from .models import IncidentReport
from .panels import home
from .reportcontent import BY_KEY, rows_of, words
from .reporters import senders, step_of, writers

#: More versions of one report are not listed.
LIMIT = 200


@dataclass(frozen=True)
class Stamp:
    """佐藤 8.11.6: the surname, and the day in numbers."""

    role: str
    name: str
    day: str


class ReportPage(Base):
    """`case` as tasks.casepage.case_of gives it. `number`: the version asked for, "" for the newest."""

    number = ""

    @cached_property
    def step(self) -> Any:
        return step_of(self.steps)

    @cached_property
    def versions(self) -> list[IncidentReport]:
        """Those that the person may read, the newest first."""
        if self.step is None:
            return []
        rows = IncidentReport.objects.of(self.step).heard_by(ears_of(self.standing))
        return list(rows.select_related("by", "sent_by", "team__organization", "publication")[:LIMIT])

    @cached_property
    def shown(self) -> IncidentReport | None:
        """The one asked for, by default the newest; None if it is not there."""
        if not self.number:
            return self.newest
        return next((v for v in self.versions if str(v.number) == self.number), None)

    @property
    def newest(self) -> IncidentReport | None:
        return self.versions[0] if self.versions else None

    @property
    def newest_sent(self) -> IncidentReport | None:
        return next((v for v in self.versions if v.sent_at), None)

    @property
    def before(self) -> IncidentReport | None:
        """The version before the one shown."""
        rows = [v for v in self.versions if self.shown and v.number < self.shown.number]
        return rows[0] if rows else None

    @property
    def title(self) -> str:
        return _("障害報告書")

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("ダッシュボード"), "/"),
            home(),
            (self.case.number, address(self.case)),
            (_("障害報告書"), ""),
        ]

    # --- the paper ---

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """(key, label, words); what is empty is left out."""
        if self.shown is None:
            return []
        own = self.own_organizations
        rows = rows_of(self.shown.content, None if own is None else set(own))
        return [row for row in rows if row[2]]

    @property
    def document_no(self) -> str:
        return words(BY_KEY["document_no"], self.shown.content) if self.shown else ""

    @property
    def reported_on(self) -> str:
        return words(BY_KEY["reported_on"], self.shown.content) if self.shown else ""

    @property
    def stamps(self) -> list[Stamp]:
        """Who sent it, who wrote it; an empty one where nobody did yet."""
        if self.shown is None:
            return []
        sent = self.shown.sent_by if self.shown.sent_at else None
        return [
            _stamp(_("送付"), sent, self.shown.sent_at),
            _stamp(_("作成"), self.shown.by, self.shown.at),
        ]

    # --- what was sent ---

    @cached_property
    def published(self) -> Version | None:
        """The current publication of the step, with its acknowledgements."""
        if self.newest_sent is None:
            return None
        return next((v for v in versions_of(self.step, self.today) if v.is_current), None)

    @property
    def sees_names(self) -> bool:
        return self.own_organizations is None

    @property
    def ack_pill(self) -> tuple[str, str]:
        found = self.published.acks if self.published else []
        return ack_words(found)

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """(class, municipality, words): who is missing first."""
        acks = self.published.acks if self.published else []
        return [chip(a) for a in sorted(acks, key=lambda a: a.at is not None)]

    @property
    def owes(self) -> bool:
        """A municipality of mine has not acknowledged it yet."""
        own = self.own_organizations
        ack = self.published.of(set(own)) if self.published and own else None
        return ack is not None and ack.at is None

    # --- what may be done ---

    @cached_property
    def writers(self) -> list[Any]:
        if self.step is None:
            return []
        return writers(self.step, self.user, self.today, self.concerned_ids)

    @cached_property
    def _entitled(self) -> tuple[list[Any], bool]:
        if self.step is None:
            return [], False
        return senders(self.step, self.user, self.today, self.concerned_ids)

    @property
    def entitled(self) -> list[Any]:
        """Teams for which the person sends, whatever there is to be sent."""
        return self._entitled[0]

    @property
    def is_proxy(self) -> bool:
        return self._entitled[1]

    @property
    def senders(self) -> list[Any]:
        """The same, where the newest version is shown and is not what stands published."""
        shown = self.shown
        if shown is None or shown is not self.newest:
            return []
        is_out = shown.publication is not None and shown.publication.is_current
        return [] if is_out else self.entitled

    @property
    def is_revision(self) -> bool:
        """The step is closed: sending revises what it published."""
        return self.step is not None and self.step.state == Task.State.DONE

    @property
    def needs_reason(self) -> bool:
        return self.is_revision or self.is_proxy

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """What keeps it from being sent, with the place where it is to be put right."""
        edit = reverse("incidents:incident_report_edit", args=[self.case.number])
        return [(f"{edit}#f-{k}" if k in BY_KEY else f"#f-{k}", s) for k, s in self.errors.items()]

    @property
    def draft(self) -> str:
        """The name under which the browser keeps what is typed."""
        return f"report-{self.case.pk}-{self.user.pk}"


def _stamp(role: str, person: Any, at: Any) -> Stamp:
    if person is None or at is None:
        return Stamp(role, "", "")
    day = timezone.localdate(at)
    return Stamp(role, str(person).split()[0], _short(day))


def _short(day: date) -> str:
    """8.11.6, with the year of the era."""
    year = words(BY_KEY["reported_on"], {"reported_on": day.isoformat()})
    digits = "".join(c if c.isdigit() else " " for c in year.replace("元", "1")).split()
    return ".".join(digits)


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], own: set[int] | None
) -> Iterator[tuple[str, list[DiffLine]]]:
    """(label, lines) of every part of the paper that is not the same."""
    heads = [(k, str(BY_KEY[k].label)) for k in ("document_no", "reported_on")]
    was = {k: words(BY_KEY[k], old) for k, _label in heads} | {k: t for k, _l, t in rows_of(old, own)}
    now = [(k, label, words(BY_KEY[k], new)) for k, label in heads] + list(rows_of(new, own))
    for key, label, text in now:
        if lines := compared(was[key].split("\n"), text.split("\n")):
            yield label, lines
