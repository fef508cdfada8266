"""The sheet as customers have it: the text of the source table in workbooks made by people, for people."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from opsdesk.accounts.models import Role
from raci.content import Row, canonical
from raci.fixture import source as fixture

TABLE = Path(__file__).parent / "raci" / "duty_matrix.tsv"
COLUMNS = ["no", "major", "middle", "work", "cycle"]
COLUMNS += ["union", "member", "helpdesk", "operations", "package", "hwnw", "note"]
NAMES = {
    **{"union": "広域組合", "member": "構成団体", "helpdesk": "ヘルプデスク", "operations": "業務運用"},
    **{"package": "パッケージ保守", "hwnw": "HW/NW保守"},
}
KINDS = {code: code if code in ("union", "member") else "vendor" for code in NAMES}
HEADS = {
    **{
        "no": "No.",
        "major": "大項目",
        "middle": "中項目",
        "work": "作業内容",
        "cycle": "周期",
        "note": "備考",
    },
    **NAMES,
}
Line = dict[str, Any]


def source() -> list[Line]:
    """The 60 rows of the source, verbatim."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: value or "" for key, value in row.items()} for row in reader]


def fixture_rows() -> list[Row]:
    return [canonical(row) for row in fixture()["duties"]]


def roles() -> list[Role]:
    """The six roles, stored nowhere."""
    return [
        Role(pk=n, code=code, name=name, kind=KINDS[code], position=n)
        for n, (code, name) in enumerate(NAMES.items(), 1)
    ]


def book(
    lines: Sequence[Line] | None = None,
    *,
    columns: Sequence[str] = COLUMNS,
    heads: dict[str, str | tuple[str, ...]] | None = None,
    above: Sequence[Sequence[Any]] = (("運用業務作業分担表",), ("(凡例 主担当:◎、支援担当:○、関連担当:△)",)),
    left: int = 0,
    dress: Callable[[Any, int], None] = lambda sheet, first: None,
) -> bytes:
    """A workbook of one sheet. `heads`: other words, a tuple over several rows; `left`: empty columns before;
    `dress(sheet, first)` does the rest, `first` being the row of the first duty."""
    made = openpyxl.Workbook()
    sheet = made.active
    said = {**HEADS, **(heads or {})}
    words = [w if isinstance(w := said.get(c, c), tuple) else (w,) for c in columns]
    depth = max(map(len, words))
    rows: list[Sequence[Any]] = [*above]
    rows += [[w[n] if n < len(w) else None for w in words] for n in range(depth)]
    rows += [[line.get(c, "") for c in columns] for line in lines or source()]
    for r, values in enumerate(rows, 1):
        for c, value in enumerate(values, left + 1):
            if value not in (None, ""):
                cell = sheet.cell(r, c, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    dress(sheet, len(above) + depth + 1)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
