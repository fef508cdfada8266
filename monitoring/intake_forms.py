"""Forms: what becomes of an unknown name; a rule for lines of logs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Device, LogRule

NEW, OLD, IGNORE, HEED = "new", "old", "ignore", "heed"


class AdoptForm(forms.Form):
    """`act`, and with it the name of a new device or the one that already stands there."""

    act = forms.ChoiceField(label=_("この名前を"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("新しい機器の機器名"),
        required=False,
        max_length=100,
        help_text=_("「新しい機器として登録する」を選んだときに使います。"),
    )
    device = forms.ModelChoiceField(
        label=_("登録済みの機器"),
        queryset=Device.objects.none(),
        required=False,
        empty_label=_("選んでください"),
        help_text=_("「登録済みの機器の名前にする」を選んだときに使います。"),
    )

    def __init__(self, *args: Any, is_ignored: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        last = (HEED, _("対象外から戻す")) if is_ignored else (IGNORE, _("監視の対象外にする"))
        self.fields["act"].choices = [  # type: ignore[attr-defined]
            (NEW, _("新しい機器として登録する")), (OLD, _("登録済みの機器の名前にする")), last,
        ]  # fmt: skip
        self.fields["device"].queryset = Device.objects.active()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("act") == OLD and not found.get("device") and "device" not in self.errors:
            self.add_error("device", _("どの機器かを選んでください。"))
        return found


class RuleForm(forms.ModelForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["device"].empty_label = _("すべての機器")  # type: ignore[attr-defined]

    class Meta:
        model = LogRule
        fields = (
            "name", "device", "program", "level", "text", "is_pattern", "count", "minutes", "quiet", "state",
            "is_active",
        )  # fmt: skip
