"""The four sheets of a roster and their columns. Every value is a text: a day 2027-04-01, a mark ○ or ""."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Membership, Organization, Team, User
from opsdesk.accounts.words import folded
from opsdesk.lib import headed
from opsdesk.lib.era import era_date
from opsdesk.lib.sheets import Value

TEXT, CODE, LOGIN, DAY, FLAG = "text", "code", "login", "day", "flag"
NUMBER, KIND, ROLE, OF = "number", "kind", "role", "of"
MARK = "○"
SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")


@dataclass(frozen=True)
class Cell:
    """One column. `meaning` is one of the words above."""

    key: str
    head: str
    meaning: str = TEXT
    others: tuple[str, ...] = ()
    is_needed: bool = False  # of a new row


@dataclass(frozen=True)
class Shape:
    """One sheet; `identity` names the columns that say which row of the database is meant."""

    code: str
    title: str
    model: Any
    identity: tuple[str, ...]
    cells: tuple[Cell, ...]
    info: tuple[Cell, ...] = ()  # to be read by people only

    @property
    def columns(self) -> list[headed.Column]:
        return [headed.Column(c.key, c.head, c.others) for c in self.cells]

    def cell(self, key: str) -> Cell:
        return next(c for c in self.cells if c.key == key)


SHAPES = (
    Shape(
        "organizations", "団体", Organization, ("code",),
        (
            Cell("code", "コード", CODE, ("団体コード",), True),
            Cell("kind", "種別", KIND, (), True),
            Cell("name", "名称", TEXT, ("団体名",), True),
            Cell("short_name", "略称"),
            Cell("kana", "かな", TEXT, ("読み", "フリガナ", "ふりがな")),
            Cell("position", "並び順", NUMBER),
            Cell("joined_on", "加入日", DAY, (), True),
            Cell("left_on", "脱退日", DAY),
            Cell("operation_starts_on", "運用開始日", DAY),
        ),
    ),
    Shape(
        "teams", "担当", Team, ("role", "organization", "starts_on"),
        (
            Cell("role", "役割", ROLE, (), True),
            Cell("organization", "団体", OF, ("団体コード",), True),
            Cell("name", "名称", TEXT, ("担当名",)),
            Cell("starts_on", "開始日", DAY, ("開始",), True),
            Cell("ends_on", "終了日", DAY, ("終了",)),
        ),
        (Cell("organization_name", "団体名"),),
    ),
    Shape(
        "users", "利用者", User, ("login",),
        (
            Cell("login", "ログインID", LOGIN, ("ログイン", "ID", "職員番号"), True),
            Cell("name", "氏名", TEXT, ("名前",), True),
            Cell("kana", "かな", TEXT, ("読み", "フリガナ", "ふりがな")),
            Cell("organization", "団体", OF, ("団体コード",)),
            Cell("department", "部署", TEXT, ("課", "所属部署")),
            Cell("post", "職名", TEXT, ("役職", "職")),
            Cell("email", "メール", TEXT, ("メールアドレス", "Eメール")),
            Cell("is_staff", "管理者", FLAG),
            Cell("can_publish_matrix", "分担表の公開", FLAG, ("分担表を公開できる",)),
        ),
        (Cell("organization_name", "団体名"),),
    ),
    Shape(
        "memberships", "所属", Membership, ("login", "role", "organization", "starts_on"),
        (
            Cell("login", "ログインID", LOGIN, ("ログイン", "ID", "職員番号"), True),
            Cell("role", "役割", ROLE, ("担当",), True),
            Cell("organization", "団体", OF, ("団体コード",), True),
            Cell("is_approver", "承認者", FLAG, ("課長", "決裁者")),
            Cell("starts_on", "開始日", DAY, ("開始",), True),
            Cell("ends_on", "終了日", DAY, ("終了",)),
        ),
        (Cell("person_name", "氏名"), Cell("organization_name", "団体名")),
    ),
)  # fmt: skip
SHAPE = {shape.code: shape for shape in SHAPES}


@dataclass(frozen=True)
class Names:
    """What roles and organizations are called in a workbook: code, name or short name, to their code."""

    roles: dict[str, str]
    organizations: dict[str, str]


def plain(cell: Cell, value: Value, names: Names) -> str:
    """A cell's value as it is compared and kept; ValueError says in a sentence what is wrong."""
    if cell.meaning == DAY:
        return headed.day_of(value).isoformat()
    if cell.meaning == FLAG:
        return MARK if headed.flag_of(value) else ""
    text = headed.text_of(value)
    if cell.meaning == NUMBER:
        return str(_number(text))
    if cell.meaning == CODE:
        return folded(text)
    if cell.meaning == LOGIN:
        return folded(text).lower()
    if cell.meaning == KIND:
        return _known(text, {headed.folded(str(k.label)): k.value for k in Organization.Kind} | {
            k.value: k.value for k in Organization.Kind
        }, cell)  # fmt: skip
    if cell.meaning in (ROLE, OF):
        return _known(text, names.roles if cell.meaning == ROLE else names.organizations, cell)
    return text


def _number(text: str) -> int:
    plain_text = folded(text)
    if not plain_text.isdecimal() or len(plain_text) > 4:
        raise ValueError(_("「%(text)s」は0〜9999の数として読めません。") % {"text": text[:20]})
    return int(plain_text)


def _known(text: str, known: dict[str, str], cell: Cell) -> str:
    found = known.get(headed.folded(text))
    if found is None:
        raise ValueError(
            _("%(head)s「%(text)s」がありません。") % {"head": cell.head, "text": text.strip()[:40]}
        )
    return found


def checked(shape: Shape, key: str, text: str) -> None:
    """Raise ValueError with a sentence if the model's field doesn't take a text (too long, no address …)."""
    cell = shape.cell(key)
    if shape.code == "organizations" and key == "code" and not SLUG.match(text):
        raise ValueError(_("コードは半角の英数字・ハイフン・下線で入力してください。"))
    if text and cell.meaning in (TEXT, CODE, LOGIN) and (shape.code, key) != ("memberships", "login"):
        try:
            shape.model._meta.get_field(key).run_validators(text)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error


def value_of(cell: Cell, text: str) -> Any:
    """A kept text as the commands take it: a date, a number, true or false; roles and organizations stay."""
    if cell.meaning == DAY:
        return date.fromisoformat(text) if text else None
    if cell.meaning == FLAG:
        return text == MARK
    return int(text or 0) if cell.meaning == NUMBER else text


def words_of(cell: Cell, text: str, called: Mapping[str, str] | None = None) -> str:
    """A kept text as people read it; `called` gives roles and organizations their names."""
    if not text:
        return _("なし")
    if cell.meaning == DAY:
        return era_date(date.fromisoformat(text))
    if cell.meaning == KIND and text in Organization.Kind.values:
        return str(Organization.Kind(text).label)
    return (called or {}).get(text, text) if cell.meaning in (ROLE, OF) else text
