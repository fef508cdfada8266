"""起票・確認: who starts the duty, by when it is due, and what its closing asks and writes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row
from raci.models import CaseKind, CommentAudience, FollowUp
from raci.words import REGISTERS, standard_due_in_words

from .base import NONE, Section, SettingsForm, changed, select, switch
from .due import DueForm
from .ground import Ground, with_current

CHOICES = ("register", "comment_audience")
SWITCHES = ("is_entry", "is_acknowledged", "needs_choice")


class RaisingForm(SettingsForm):
    def __init__(self, ground: Ground, *args: Any, **kwargs: Any) -> None:
        row = self.row = ground.row
        initial = {name: row.get(name, False) for name in SWITCHES} | {n: row.get(n, "") for n in CHOICES}
        initial["case_kind"] = row.get("case_kind", CaseKind.REQUEST.value)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["is_entry"] = switch(
            _("人が起票できる"),
            help_text=_(
                "◎ と ○ の担当が案件を始められます。付けなければ、前の作業の後続としてだけ始まります。"
            ),
        )
        self.fields["is_acknowledged"] = switch(
            _("完了したら構成団体の確認を求める"),
            help_text=_(
                "完了で結果が公開され、関係する団体が「確認」か「質問」を返します。まだの団体だけに催促します。"
            ),
        )
        self.fields["needs_choice"] = switch(
            _("完了のときに後続を一つ以上選ばせる"),
            help_text=_("「選択」の後続作業から選ぶまで完了にできません。"),
        )
        registers = with_current([(code, str(name)) for code, name in REGISTERS.items()], row.get("register"))
        self.fields["register"] = select(
            _("台帳"),
            [(NONE[0], _("書かない")), *registers],
            required=False,
            help_text=_("完了すると、記入した内容がこの台帳に載ります。"),
        )
        self.fields["case_kind"] = select(
            _("案件の種類"),
            [(k.value, f"{k.label}({k.prefix}-…)") for k in CaseKind],
            help_text=_("ここから始まる案件の番号と、載る一覧が決まります。"),
        )
        self.fields["comment_audience"] = select(
            _("コメントのはじめの公開範囲"),
            [(NONE[0], _("全員")), *((c.value, str(c.label)) for c in CommentAudience)],
            required=False,
            help_text=_(
                "委託ベンダと広域組合が書くときの初期値です。構成団体が書くときは「団体限り」から始まります。"
            ),
        )
        if "schedule" in row:
            del self.fields["case_kind"]
            del self.fields["is_entry"]  # its tasks are made by the calendar

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = any(f["kind"] == FollowUp.Kind.CHOSEN for f in self.row.get("followups", ()))
        if cleaned.get("needs_choice") and not chosen:
            self.add_error(
                "needs_choice",
                _(
                    "選べる後続作業がないので、だれも完了にできなくなります。先に「選択」の後続作業を加えてください。"
                ),
            )
        return cleaned


class RaisingSection(Section):
    slug, title = "raising", gettext_lazy("起票・確認")
    lead = gettext_lazy("だれが始めるか、期限をどう決めるか、完了した結果を公開するかを決めます。")
    template, beside = "tasks/settings/_raising.html", "tasks/settings/_raising_words.html"

    def build(self) -> None:
        self.form = RaisingForm(self.ground, self.data)
        self.due = None if "schedule" in self.ground.row else DueForm(self.ground, self.data, prefix="due")

    @property
    def forms(self) -> list[SettingsForm]:
        return [self.form, *([self.due] if self.due else [])]

    def row(self) -> Row:
        given = {name: value or None for name, value in self.form.cleaned_data.items()}
        if self.due:
            given["standard_due"] = self.due.standard_due() or None
        return changed(self.ground.row, **given)

    def context(self) -> dict[str, Any]:
        ground = self.ground.changed(self.seen())
        duty = ground.duty
        return {
            "duty": duty,
            "is_scheduled": "schedule" in ground.row,
            "standard_due": standard_due_in_words(duty, ground.labels),
            "register": REGISTERS.get(duty.register, duty.register),
        }
