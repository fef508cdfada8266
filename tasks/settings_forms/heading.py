"""見出し: under which heading a row stands, or whether it is one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row

from .base import NONE, Section, SettingsForm, changed, select, switch
from .ground import Ground, with_current


class HeadingForm(SettingsForm):
    def __init__(self, ground: Ground, *args: Any, **kwargs: Any) -> None:
        row, self.ground = ground.row, ground
        initial = {"is_heading": row.get("is_heading", False), "parent": str(row.get("parent") or "")}
        super().__init__(*args, initial=initial, **kwargs)
        headings = [
            (str(r["key"]), ground.name(r["key"]))
            for r in ground.rows
            if r.get("is_heading") and r["key"] != ground.key
        ]
        self.fields["is_heading"] = switch(
            _("この行を見出しにする"),
            help_text=_("見出しの行には周期も担当区分もなく、作業は作られません。"),
        )
        self.fields["parent"] = select(
            _("上の見出し行"),
            [(NONE[0], _("見出しの下に置かない")), *with_current(headings, row.get("parent"))],
            required=False,
            help_text=_("分担表で、この行がどの見出しのまとまりかを示します。並び順は変わりません。"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        row = self.ground.row
        under = [r["number"] for r in self.ground.rows if r.get("parent") == row["key"]]
        if cleaned.get("is_heading"):
            if row["cycle"] or row["marks"]:
                self.add_error(
                    "is_heading",
                    _("周期か担当区分があるので、見出しにできません。先に分担表で空白にしてください。"),
                )
            if cleaned.get("parent"):
                self.add_error("parent", _("見出し行を別の見出し行の下には置けません。"))
        elif under:
            numbers = "・".join(f"No.{n}" for n in under)
            self.add_error(
                "is_heading",
                _("%(numbers)s がこの見出しの下にあります。先にそれらを別の見出しに移してください。")
                % {"numbers": numbers},
            )
        return cleaned


class HeadingSection(Section):
    slug, title = "heading", gettext_lazy("見出し")
    lead = gettext_lazy("この行がどの見出し行の下にあるかを決めます。原文にはない、本システムの読み方です。")
    template = "tasks/settings/_plain.html"

    def build(self) -> None:
        self.form = HeadingForm(self.ground, self.data)

    @property
    def forms(self) -> list[SettingsForm]:
        return [self.form]

    def row(self) -> Row:
        given = self.form.cleaned_data
        parent = int(given["parent"]) if given["parent"] else None
        return changed(self.ground.row, is_heading=given["is_heading"] or None, parent=parent)
