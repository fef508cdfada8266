"""What the grid of an edition shows: rows that changed and those around them, gaps, cells old → new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from opsdesk.accounts.models import Role
from opsdesk.lib.templatetags import ui
from raci.comparison import Difference, compare
from raci.content import Row, unsaved
from raci.draftsheet import MARKS, Line, names
from raci.models import Cycle, Mark, Sharing
from raci.words import standard_due_in_words

from .draftform import ALL, Typed, control
from .recurrence import in_words, rule_of
from .shortrules import short

#: Rows shown at once; the controls of more are more than one form may have.
MOST_SHOWN = 600
TEXT_LABELS = {
    "number": gettext_lazy("No."),
    "category": gettext_lazy("大項目"),
    "section": gettext_lazy("中項目"),
    "work": gettext_lazy("作業内容"),
    "cycle": gettext_lazy("周期"),
    "note": gettext_lazy("備考"),
}
#: Differences that the column 署名・確認 stands for.
SHARED = ("sharing", "signers", "is_acknowledged")


@dataclass(frozen=True)
class Gap:
    """`size` rows without a change that are not shown; `key` is that of the first."""

    key: int
    size: int
    is_gap: bool = True


@dataclass(frozen=True)
class GridRow:
    """One row: `kind` is "", add, del, chg or err; `texts` are the inputs of a row that is being edited."""

    key: int
    number: Any
    section: str
    work: str
    kind: str
    tags: tuple[tuple[str, str], ...]  # (class, word)
    cycle: SafeString
    marks: tuple[SafeString, ...]
    rule: str
    rule_words: str
    rule_is_changed: bool
    settings_url: str
    shared: str
    shared_is_changed: bool
    is_new: bool
    is_heading: bool
    is_child: bool
    is_retired: bool
    texts: tuple[SafeString, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()  # (id of the control, sentence)
    is_gap: bool = False


@dataclass
class Looks:
    """What decides how rows look: the roles, what was before, what is wrong, whether cells can be typed."""

    roles: Sequence[Role]
    differences: Mapping[int, list[Difference]] = field(default_factory=dict)
    faults: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # sentences by key and column
    blockers: Mapping[int, str] = field(default_factory=dict)  # by No.
    is_draft: bool = True
    number: int = 0  # of the edition
    labels: Mapping[tuple[int, str], str] = field(
        default_factory=dict
    )  # of fields, by duty's and field's key


def differences_by_key(old: Sequence[Row], new: Sequence[Row]) -> dict[int, list[Difference]]:
    found: dict[int, list[Difference]] = {}
    for d in compare(old, new):
        found.setdefault(d.key, []).append(d)
    return found


def grid_rows(typed: Typed, looks: Looks) -> list[GridRow | Gap]:
    """The rows to show, with a Gap for those between them."""
    lines = typed.sheet.lines
    shown = _shown(typed, looks)
    sections = names(typed.sheet)
    after = {row["key"]: row for row in typed.sheet.rows()}
    found: list[GridRow | Gap] = []
    gap: list[int] = []
    for at, line in enumerate(lines):
        if line.key not in shown:
            gap.append(line.key)
            continue
        if gap:
            found.append(Gap(gap[0], len(gap)))
            gap = []
        row = after.get(line.key, line.row)
        found.append(_grid_row(line, row, sections[at][1], looks, is_edited=line.key in typed.editing))
    return [*found, Gap(gap[0], len(gap))] if gap else found


def gap_at(typed: Typed, looks: Looks, key: int) -> list[int]:
    """The keys of the hidden rows from `key` to the next one that is shown."""
    shown, keys = _shown(typed, looks), [line.key for line in typed.sheet.lines]
    start = keys.index(key) if key in keys else len(keys)
    end = next((at for at in range(start, len(keys)) if keys[at] in shown), len(keys))
    return keys[start:end]


def _shown(typed: Typed, looks: Looks) -> set[int]:
    """Changed, faulty, opened and edited rows with their neighbours; never more than MOST_SHOWN."""
    lines = typed.sheet.lines
    keys = [line.key for line in lines]
    if typed.view == ALL:
        wanted = set(keys)
    else:
        changed = {at for at, line in enumerate(lines) if _is_changed(line, looks)}
        near = {at + step for at in changed for step in (-1, 0, 1)}
        wanted = {keys[at] for at in near if 0 <= at < len(keys)} | typed.opened | typed.editing
    start = keys.index(typed.start) if typed.start in keys else 0
    window = [key for key in keys[start:] if key in wanted][:MOST_SHOWN]
    return set(window)


def _is_changed(line: Line, looks: Looks) -> bool:
    return (
        line.stored is None
        or line.is_retired
        or line.key in looks.differences
        or line.key in looks.faults
        or line.row["number"] in looks.blockers
    )


# --- one row --------------------------------------------------------------------------------------------


def _grid_row(line: Line, row: Row, section: str, looks: Looks, *, is_edited: bool) -> GridRow:
    differences = looks.differences.get(line.key, [])
    before = {d.aspect if d.aspect != "mark" else f"{MARKS}{d.part}": d for d in differences}
    faults = looks.faults.get(line.key, {})
    is_locked = line.is_retired or not looks.is_draft
    cells = _Cells(line, before, faults, is_locked)
    duty = unsaved(row)
    rule = rule_of(duty) if "schedule" in row and "schedule" not in faults else None
    return GridRow(
        key=line.key,
        number=line.row["number"],
        section=section,
        work=line.row["work"],
        kind=_kind(line, differences, faults, looks),
        tags=tuple(_tags(line, differences, looks)),
        cycle=cells.cycle(),
        marks=tuple(cells.mark(role) for role in looks.roles),
        rule=_rule(row, duty, rule, looks),
        rule_words=in_words(rule) if rule else "",
        rule_is_changed="schedule" in before or "standard_due" in before,
        settings_url=f"/editions/{looks.number}/duties/{line.key}/",
        shared=shared_words(row),
        shared_is_changed=any(name in before for name in SHARED),
        is_new=line.stored is None,
        is_heading=line.is_heading,
        is_child=line.parent is not None,
        is_retired=line.is_retired,
        texts=tuple(cells.texts()) if is_edited and not is_locked else (),
        faults=tuple((control(line.key, column), sentence) for column, sentence in faults.items()),
    )


def _kind(line: Line, differences: Sequence[Difference], faults: Mapping[str, str], looks: Looks) -> str:
    if line.is_retired:
        return "del"
    if faults or line.row["number"] in looks.blockers:
        return "err"
    if line.stored is None or any(d.kind == "added" for d in differences):
        return "add"
    return "chg" if differences else ""


def _tags(line: Line, differences: Sequence[Difference], looks: Looks) -> Iterator[tuple[str, str]]:
    if line.is_retired:
        yield "dt dt-del", _("− 廃止")
    if line.stored is None or any(d.kind == "added" for d in differences):
        yield "dt dt-add", _("＋ 新しい行")
    if any(d.kind == "moved" for d in differences):
        yield "dt dt-chg", _("↕ 移動")
    texts = [
        str(TEXT_LABELS[d.aspect]) for d in differences if d.aspect in TEXT_LABELS and d.aspect != "cycle"
    ]
    if texts:
        yield "dt dt-chg", _("%(cells)s 変更") % {"cells": "・".join(texts)}
    is_done_by_somebody = line.is_heading or Mark.MAIN in line.row["marks"].values()
    if looks.is_draft and not line.is_retired and not is_done_by_somebody:
        yield "pill pill-bad", _("◎なし")


def labels_of(rows: Iterable[Row]) -> dict[tuple[int, str], str]:
    """The names of fields, as words on dates need them."""
    return {(row["key"], f["key"]): f["label"] for row in rows for f in row.get("fields", ())}


def _rule(row: Row, duty: Any, rule: Any, looks: Looks) -> str:
    if row.get("is_heading"):
        return ""
    if rule is not None:
        return short(rule)
    if row["cycle"] in (Cycle.DAILY, Cycle.MONTHLY, Cycle.YEARLY):
        return _("未設定")
    if "by_level" in row.get("standard_due", {}):
        return _("レベル別")
    return standard_due_in_words(duty, looks.labels) or _("そのつど")


def shared_words(row: Row) -> str:
    """署名・確認 in short."""
    words = {Sharing.ANY.value: _("代表1者"), Sharing.SIGNERS.value: _("順に署名")}
    parts = [words.get(row.get("sharing", ""), ""), _("確認あり") if row.get("is_acknowledged") else ""]
    return "・".join(part for part in parts if part)


# --- cells ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cells:
    line: Line
    before: Mapping[str, Difference]
    faults: Mapping[str, str]
    is_locked: bool

    def mark(self, role: Role) -> SafeString:
        """One <td>: the mark, or its select; with what it was."""
        column = f"{MARKS}{role.code}"
        value, d = self.line.cell(column), self.before.get(column)
        was = _was(_glyph(d.before)) if d else ""
        if self.is_locked or self.line.is_heading:
            return format_html('<td class="mkc{}">{}{}</td>', " chg" if d else "", was, ui.mark(value))
        return format_html(
            '<td class="mkc{}" data-was="{}">{}<select class="mk{}" {}>{}</select></td>',
            " chg" if d else "",
            _glyph(d.before if d else value),
            was,
            f" mk-{value}" if value else "",
            self._attributes(column, role.name, is_changed=bool(d)),
            _options(MARK_OPTIONS, value),
        )

    def cycle(self) -> SafeString:
        value, d = self.line.row["cycle"], self.before.get("cycle")
        was = _was(_cycle(d.before)) if d else ""
        if self.is_locked or self.line.is_heading:
            return format_html('<td class="c{}">{}{}</td>', " chg" if d else "", was, ui.cycle(value))
        return format_html(
            '<td class="c{}" data-was="{}">{}<select class="cy" {}>{}</select></td>',
            " chg" if d else "",
            _cycle(d.before if d else value),
            was,
            self._attributes("cycle", _("周期"), is_changed=bool(d)),
            _options(CYCLE_OPTIONS, value),
        )

    def texts(self) -> Iterator[SafeString]:
        """The inputs of a row that is being edited, each with its label."""
        for column, longest in (
            ("number", 4),
            ("category", 100),
            ("section", 100),
            ("work", 200),
            ("note", 200),
        ):
            key = control(self.line.key, column)
            hint = _("空欄は上と同じ") if column in ("category", "section") else ""
            yield format_html(
                '<div class="f f-{}"><label for="{}">{}</label>'
                '<input class="in in-s" value="{}" maxlength="{}" autocomplete="off" '
                'placeholder="{}" {}></div>',
                column,
                key,
                TEXT_LABELS[column],
                self.line.row[column],
                longest,
                hint,
                self._attributes(column, "", is_changed=False),
            )

    def _attributes(self, column: str, label: str, *, is_changed: bool) -> SafeString:
        key = control(self.line.key, column)
        invalid = ' aria-invalid="true" aria-describedby="{}-e"' if column in self.faults else ""
        described = format_html(invalid, key) if invalid else ""
        if not label:
            return format_html('id="{0}" name="{0}" data-col="{1}"{2}', key, column, described)
        spoken = f"No.{self.line.row['number']} {label}" + (f" {_('変更あり')}" if is_changed else "")
        return format_html(
            'id="{0}" name="{0}" data-col="{1}" aria-label="{2}"{3}', key, column, spoken, described
        )


MARK_OPTIONS = (("", ""), *((mark.value, mark.glyph) for mark in Mark))
CYCLE_OPTIONS = (("", ""), *Cycle.choices)


def _options(choices: Any, value: str) -> SafeString:
    rows = ((code, " selected" if code == value else "", label) for code, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def _was(text: str) -> SafeString:
    return format_html('<span class="was-m">{}→</span>', text)


def _glyph(mark: str | None) -> str:
    return Mark(mark).glyph if mark else pgettext("a cell that was empty", "空")


def _cycle(cycle: str) -> str:
    return str(Cycle(cycle).label) if cycle else pgettext("a cell that was empty", "空")
