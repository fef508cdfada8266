"""The forms of an import: the file, and what a column that nobody knows shall be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization, Role
from opsdesk.lib.sheets import MAX_BYTES, SENTENCES

from .importing import NewRole
from .workbook.sheet import Extra

LEAVE, MAKE = "leave", "make"


class UploadForm(forms.Form):
    """A workbook, small enough to be looked at."""

    file = forms.FileField(
        label=gettext_lazy("Excelブック(.xlsx)"),
        help_text=gettext_lazy("20MBまで。マクロ・数式・外部リンクのないもの。"),
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Excelブックを選んでください。"),
            "empty": gettext_lazy("ファイルが空です。"),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(str(SENTENCES["big"]) % {"most": MAX_BYTES // 2**20})
        return file


class ExtraColumnForm(forms.Form):
    """What becomes of one extra column; `extra` is the column."""

    do = forms.ChoiceField(
        label=gettext_lazy("この列をどうするか"),
        choices=[(LEAVE, gettext_lazy("読まない")), (MAKE, gettext_lazy("新しい役割を作って読む"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=gettext_lazy("役割の名称"), max_length=40, required=False)
    code = forms.SlugField(
        label=gettext_lazy("役割のコード"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("半角の英数字と _ - で20文字まで。後から変えられません。"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("担う団体の種別"), choices=Organization.Kind.choices, required=False
    )

    def __init__(self, *args: Any, extra: Extra, **kwargs: Any) -> None:
        self.extra = extra
        initial = {"do": LEAVE, "name": extra.name[:40], "code": extra.code, "kind": Organization.Kind.VENDOR}
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean(self) -> dict[str, Any]:
        """Name, code and kind are asked only of a column that becomes a role."""
        values = super().clean() or self.cleaned_data
        if values.get("do") != MAKE:
            return values
        code = values.get("code")
        if not values.get("name") and "name" not in self.errors:
            self.add_error("name", _("役割の名称を入力してください。"))
        if not code and "code" not in self.errors:
            self.add_error("code", _("役割のコードを入力してください。"))
        elif code and Role.objects.filter(code=code).exists():
            self.add_error("code", _("コード %(code)s の役割はすでにあります。") % {"code": code})
        elif code and self.extra.code and code != self.extra.code:
            words = _("このブックの中では、この役割のコードは %(code)s です。")
            self.add_error("code", words % {"code": self.extra.code})
        if not values.get("kind"):
            self.add_error("kind", _("担う団体の種別を選んでください。"))
        return values

    def new_role(self) -> NewRole | None:
        """The role to be made, once the form is valid."""
        values = self.cleaned_data
        return NewRole(values["code"], values["name"], values["kind"]) if values["do"] == MAKE else None
