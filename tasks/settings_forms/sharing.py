"""範囲・分け方: for whom a task is made, and how several ◎ share it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row
from raci.models import Scope, Sharing, Signer
from raci.words import sharing_in_words

from .base import NONE, Section, SettingsForm, arranged, changed, numbered, radio, select, sent, switch, text
from .ground import Ground, with_current


class SharingForm(SettingsForm):
    def __init__(self, row: Row, *args: Any, **kwargs: Any) -> None:
        initial = {
            "scope": row.get("scope", Scope.COMMON.value),
            "sharing": row.get("sharing", Sharing.ONE.value),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["scope"] = radio(_("範囲"), _scopes())
        self.fields["sharing"] = radio(_("完了にする人"), _sharings())


def _scopes() -> list[tuple[str, str]]:
    return [
        (Scope.COMMON.value, _("共通 — 全体で1件の作業を作ります。開庁日は広域組合の暦で数えます")),
        (
            Scope.EACH.value,
            _("構成団体ごと — 団体の数だけ作業を作り、ほかの団体には見せません。開庁日は団体の暦で数えます"),
        ),
    ]


def _sharings() -> list[tuple[str, str]]:
    return [
        (Sharing.ONE.value, _("主担当は一つ — ◎ の担当が完了にします")),
        (
            Sharing.ANY.value,
            _("いずれかの主担当 — ◎ のうち一つが引き受け、その担当が完了にします。ほかの ◎ は手伝えます"),
        ),
        (
            Sharing.SIGNERS.value,
            _("順に署名 — 下の順に署名し、最後の署名で完了します。自分の番の人だけが署名か差戻しをできます"),
        ),
    ]


class SignerForm(SettingsForm):
    """One signature."""

    def __init__(self, ground: Ground, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = (self.initial or {}).get("role", "")
        roles = [NONE, *with_current(ground.role_choices, stored)]
        self.fields["role"] = select(_("署名する役割"), roles)
        self.fields["is_approver"] = switch(_("承認者(課長)が署名する"))
        self.fields["label"] = text(_("署名の名前"), 40)

    def signer(self) -> Row:
        given = self.cleaned_data
        return {name: given[name] for name in ("role", "is_approver", "label") if given[name]}


class SharingSection(Section):
    slug, title = "sharing", gettext_lazy("範囲・分け方")
    lead = gettext_lazy(
        "作業を全体で1件にするか団体ごとにするか、◎ が複数あるときにだれが完了にするかを決めます。"
    )
    template, beside = "tasks/settings/_sharing.html", "tasks/settings/_sharing_words.html"

    def build(self) -> None:
        ground, is_quiet = self.ground, bool(self.act)
        self.form = SharingForm(ground.row, self.data, is_quiet=is_quiet)
        if self.data is None:
            rows = ground.row.get("signers", [])
            self.signers = [SignerForm(ground, prefix=f"s-{n}", initial=r) for n, r in enumerate(rows)]
            return
        data = arranged(numbered(self.data, "s"), "s", self.act)
        again = sent(data, "s")
        self.signers = [
            SignerForm(ground, again, prefix=f"s-{n}", is_quiet=is_quiet) for n in range(len(data))
        ]

    @property
    def forms(self) -> list[SettingsForm]:
        return [self.form, *self.signers]

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        is_signed = self.form.cleaned_data["sharing"] == Sharing.SIGNERS
        if is_signed and not self.signers:
            self.form.add_error("sharing", _("「順に署名」にするなら、署名者を一人以上加えてください。"))
        elif self.signers and not is_signed:
            self.form.add_error(
                "sharing",
                _("署名者は「順に署名」のときだけ使います。外すか、「順に署名」を選んでください。"),
            )
        return not self.form.errors

    def row(self) -> Row:
        given = self.form.cleaned_data
        signers = [form.signer() for form in self.signers]
        return changed(self.ground.row, **given, signers=signers or None)

    def context(self) -> dict[str, Any]:
        """The settings in words, with what does not fit the marks."""
        ground = self.ground.changed(self.seen())
        signers = [
            Signer(role=ground.roles[s["role"]], is_approver=s.get("is_approver", False))
            for s in ground.row.get("signers", ())
            if s["role"] in ground.roles
        ]
        duty = ground.duty
        found = []
        if duty.sharing == Sharing.ONE and len(ground.mains) > 1:
            found.append(_("◎ が複数ありますが、だれが完了にするかが決まっていません。"))
        if duty.sharing == Sharing.ANY and len(ground.mains) < 2:
            found.append(_("◎ が一つなので、引き受けの必要がありません。「主担当は一つ」で足ります。"))
        return {
            "scope": duty.get_scope_display(),
            "sharing": sharing_in_words(duty, signers),
            "mains": ground.mains,
            "cautions": found,
        }
