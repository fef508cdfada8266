"""The columns of the list behind every count."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import django_tables2 as tables
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_date, era_short
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import hm
from raci.access import Standing
from raci.models import Cycle, Mark, Sharing
from raci.outline import line_of

from .acknowledgements import counts
from .around import awaited
from .choices import all_teams
from .filters import next_signer
from .models import Attachment, Signature, Task
from .reach import Reach
from .words import extra_words, period_long, period_short, state_words

EMPTY = mark_safe("")
#: What a row shows, and nothing else, is fetched.
COLUMNS = (
    "key",
    "period",
    "period_on",
    "serial",
    "due_on",
    "due_at",
    "state",
    "is_caught_up",
    "saved_at",
    "outcome",
    "done_on",
    "closed_at",
    "lead_id",
    "duty__number",
    "duty__work",
    "duty__cycle",
    "duty__sharing",
    "organization__short_name",
    "organization__kind",
    "assignee__name",
    "round",
    "case__number",
    "case__title",
)


def with_rows(queryset: Any) -> Any:
    """What a row says: names, the number of files, and whose signature comes next."""
    return (
        queryset.select_related("duty", "organization", "assignee", "case")
        .only(*COLUMNS)
        .annotate(files=files_counted(), waits_for=next_signer("role__name"))
    )


def light_rows(reach: Reach, today: date) -> Any:
    """with_rows within `reach` for TaskTable, which knows duties, signers and organizations already; and
    counts 確認."""
    return _light_rows(reach, today).all()


@lru_cache(maxsize=64)
def _light_rows(reach: Reach, today: date) -> Any:
    """A queryset that is built once a day and never asked itself."""
    own = [name for name in COLUMNS if not name.startswith(("duty__", "organization__"))]
    signed = Signature.objects.filter(task=OuterRef("pk"), void_at=None).order_by().values("task")
    return (
        Task.objects.within(reach)
        .select_related("assignee", "case")
        .only(*own, "duty_id", "organization_id")
        .annotate(
            files=files_counted(),
            signed=Coalesce(Subquery(signed.annotate(n=Count("pk")).values("n")), 0),
            **counts(today),
        )
    )


def files_counted() -> Any:
    return Coalesce(Subquery(_files()), 0, output_field=IntegerField())


def _files() -> Any:
    rows = Attachment.objects.filter(withdrawn_at=None, task=OuterRef("pk")).order_by().values("task")
    return rows.annotate(n=Count("pk")).values("n")


@lru_cache(4096)
def due_cell(on: date, day: str, kind: str, words: str) -> SafeString:
    """`day` is `on` as people read it, with what `words` of a `kind` say beside it."""
    beside = format_html(' <span class="due due-{}">{}</span>', kind, words) if words else ""
    return format_html('<time datetime="{}" class="nw">{}</time>{}', on.isoformat(), day, beside)


class TaskTable(FastTable):
    """`standing`, `now` and `today` of the person who looks; `checks`: rows can be chosen."""

    caption = gettext_lazy("作業の一覧")
    ids_first = True
    pick = tables.Column(
        verbose_name=gettext_lazy("選択"),
        empty_values=(),
        orderable=False,
        exclude_from_export=True,
        attrs={"td": {"class": "pick-col", "data-l": ""}, "th": {"class": "pick-col"}},
    )
    due = tables.Column(verbose_name=gettext_lazy("期限"), order_by="due_at", empty_values=())
    work = tables.Column(verbose_name=gettext_lazy("No.・作業"), orderable=False, empty_values=())
    period = tables.Column(verbose_name=gettext_lazy("対象期間"), orderable=False, empty_values=())
    organization = tables.Column(verbose_name=gettext_lazy("団体"), orderable=False, empty_values=())
    mark = tables.Column(verbose_name=gettext_lazy("担当区分"), orderable=False, empty_values=())
    cycle = tables.Column(verbose_name=gettext_lazy("周期"), orderable=False, empty_values=())
    assignee = tables.Column(verbose_name=gettext_lazy("担当者"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    files = tables.Column(
        verbose_name=gettext_lazy("証跡"), orderable=False, empty_values=(), attrs={"td": {"class": "r"}}
    )
    done = tables.Column(verbose_name=gettext_lazy("実施日"), orderable=False, empty_values=())
    action = tables.Column(
        verbose_name=gettext_lazy("操作"),
        orderable=False,
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "no-print", "data-l": ""}, "th": {"class": "no-print"}},
    )

    class Meta:
        model = Task
        fields = ()
        empty_text = gettext_lazy("この条件に合う作業はありません。")

    def __init__(
        self,
        data: Any,
        *,
        standing: Standing,
        now: datetime,
        today: date,
        checks: bool = True,
        says_waiting: bool = True,
        **options: Any,
    ) -> None:
        self.says_waiting = says_waiting
        hidden = () if checks else ("pick",)
        super().__init__(data, exclude=hidden, **options)
        self.standing, self.now, self.today = standing, now, today
        self.detail = reverse("tasks:detail", args=[0]).partition("0")
        self.names = {team.organization_id: team.organization_name for team in all_teams()}
        if standing.union_id:
            self.names[standing.union_id] = _("共通")
        self.open_word, self.close_word = _("開く"), _("完了にする")
        self.mark = cache(standing.mark_on)
        self.picks, self.overdue, self.caught_up = _("%(work)s %(period)s を選ぶ"), _("超過"), _("遡及")
        self.label = cache(lambda duty: escape(f"No.{duty.number} {duty.work}"))
        self.periods: dict[Any, str] = {}
        self.states: dict[Any, SafeString] = {}
        self.awaited: dict[int, list[int]] = {}

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        for task in self.page.rows:
            self.complete(task)
        if self.says_waiting:
            self.awaited = awaited(self.page.rows, self.standing.union_id)

    def export_rows(self) -> Iterator[Task]:
        return map(self.complete, super().export_rows())

    def complete(self, task: Any) -> Task:
        """Give a task from light_rows its duty, as kept in the process, and whose signature comes next."""
        line = line_of(task.duty_id)
        task.duty = line.duty
        task.waits_for = line.signers[task.signed] if 0 < task.signed < len(line.signers) else ""
        task.is_mine = (
            task.state == Task.State.OPEN
            and line.duty.sharing != Sharing.SIGNERS
            and self.mark(task.duty_id, task.organization_id) == Mark.MAIN
        )
        return task

    @property
    def has_checks(self) -> bool:
        """Some row of the page can be closed from the list: one of my teams has ◎, and nobody need sign."""
        return "pick" not in self.exclude and any(task.is_mine for task in self.page.rows)

    def render_pick(self, record: Any) -> SafeString:
        if not record.is_mine:
            return EMPTY
        period = record.case.number if record.case else record.period
        label = self.picks % {"work": self.label(record.duty), "period": period}
        return mark_safe(f'<input type="checkbox" name="task" value="{record.pk}" aria-label="{label}">')

    def render_due(self, record: Task) -> SafeString:
        kind, words = self.due_words(record) if record.state == Task.State.OPEN else ("", "")
        return due_cell(record.due_on, era_short(record.due_on, self.today), kind, words)

    def due_words(self, task: Task) -> tuple[str, str]:
        """(class, words) beside the date of an open task; ("", "") where the date says enough."""
        if task.due_at < self.now:
            return "over", self.overdue
        if task.due_on == self.today:
            return "today", _("今日 %(time)sまで") % {"time": hm(task.due_at)}
        if task.due_on == self.today + timedelta(1):
            return "soon", _("明日 %(time)sまで") % {"time": hm(task.due_at)}
        return "", ""

    def value_due(self, record: Task) -> datetime:
        return record.due_at

    def url(self, task: Task) -> str:
        return f"{self.detail[0]}{task.pk}{self.detail[2]}"

    def render_work(self, record: Task) -> SafeString:
        words = (extra_words(record) if record.serial else "", self.caught_up if record.is_caught_up else "")
        tag = "".join(f' <span class="tag">{word}</span>' for word in words if word)
        return mark_safe(
            f'<span class="t-work"><span class="no">No.{record.duty.number}</span> '
            f'<a href="{self.url(record)}">{escape(record.duty.work)}</a>{tag}</span>'
        )

    def value_work(self, record: Task) -> str:
        extra = f"（{extra_words(record)}）" if record.serial else ""
        return f"No.{record.duty.number} {record.duty.work}{extra}"

    def render_period(self, record: Task) -> str:
        if record.case is not None:
            return period_long(record, None)
        key = (record.duty.cycle, record.period_on, record.serial)
        if key not in self.periods:
            self.periods[key] = period_short(record, self.today)
        return self.periods[key]

    def value_period(self, record: Task) -> str:
        if record.case is not None:
            return period_long(record, None)
        return (
            era_date(record.period_on)
            if record.duty.cycle == Cycle.DAILY
            else period_short(record, self.today)
        )

    def render_organization(self, record: Task) -> str:
        return self.names.get(record.organization_id) or record.organization.short_name

    def render_mark(self, record: Task) -> SafeString:
        return ui.mark(self.mark(record.duty_id, record.organization_id))

    def value_mark(self, record: Task) -> str:
        mark = self.mark(record.duty_id, record.organization_id)
        return f"{Mark(mark).glyph} {Mark(mark).label}" if mark else ""

    def render_cycle(self, record: Task) -> SafeString:
        return ui.cycle(record.duty.cycle)

    def value_cycle(self, record: Task) -> str:
        return str(Cycle(record.duty.cycle).label) if record.duty.cycle else ""

    def render_assignee(self, record: Task) -> str:
        return record.assignee.name if record.assignee else ""

    def render_state(self, record: Any) -> SafeString:
        key = (record.state, record.outcome, record.waits_for, record.due_at < self.now, record.is_begun)
        if key not in self.states:
            self.states[key] = ui.pill(*state_words(record, self.now, record.waits_for))
        state = self.states[key]
        if record.pk in self.awaited:
            state = format_html("{} {}", state, self.waits(record))
        return format_html("{} {}", state, self.acks(record)) if self.asks(record) else state

    def waits(self, task: Task) -> SafeString:
        """先行待ち with what is missing."""
        names = "・".join(f"No.{number}" for number in self.awaited[task.pk])
        return ui.pill("wait", _("先行待ち %(names)s") % {"names": names})

    def asks(self, task: Any) -> bool:
        """Municipalities are to acknowledge what it published."""
        return bool(getattr(task, "acks_asked", 0))

    def acks(self, task: Any) -> SafeString:
        return ui.pill("done" if task.acks_given == task.acks_asked else "wait", self.acks_words(task))

    def acks_words(self, task: Any) -> str:
        return _("%(given)s/%(all)s 確認済") % {"given": task.acks_given, "all": task.acks_asked}

    def value_state(self, record: Any) -> str:
        words = state_words(record, self.now, record.waits_for)[1]
        return f"{words} {self.acks_words(record)}" if self.asks(record) else words

    def render_files(self, record: Any) -> str:
        return str(record.files or "")

    def value_files(self, record: Any) -> int:
        return record.files

    def render_done(self, record: Task) -> str:
        if not record.done_on:
            return ""
        late = _("（遅れ）") if record.was_late else ""
        return f"{era_short(record.done_on, self.today)}{late}"

    def value_done(self, record: Task) -> date | None:
        return record.done_on

    def render_action(self, record: Any) -> SafeString:
        word, place = (self.close_word, "#close") if record.is_mine else (self.open_word, "")
        return mark_safe(
            f'<a class="btn btn-s" href="{self.url(record)}{place}" '
            f'aria-label="{word}: {self.label(record.duty)}">{word}</a>'
        )
