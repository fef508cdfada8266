"""Strategies of hypothesis: rows that can be an edition, with texts that nobody would write."""

from typing import Any

from hypothesis import strategies as st

from opsdesk.accounts.models import Role
from raci.content import Row, canonical

#: Roles whose codes and names stand in the way of the heads, where they can.
ROLES = {
    **{"union": "広域組合", "member": "構成団体", "helpdesk": "ヘルプデスク", "operations": "業務運用"},
    **{"note": "データ センター", "key": "HW/NW保守", "x-1": "第二保守", "y_2": "=監視"},
}
KINDS = {code: code if code in ("union", "member") else "vendor" for code in ROLES}
CHARACTERS = st.one_of(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]),
    st.sampled_from("=+-@ 　\n\r\t\"'<&>_x髙﨑\ufa19㈱①～\ue000\U000e0101\uffff\x01ｶﾅ()（"),
)
ESCAPES = st.sampled_from(["_x000D_", "_x005F_", "x005F_", "_x0041_", "(年次)", "\n(月次)", "]]>"])


def texts(most: int) -> st.SearchStrategy[str]:
    parts = st.lists(st.one_of(st.text(CHARACTERS, max_size=12), ESCAPES), max_size=4)
    return parts.map(lambda found: "".join(found)[:most])


WORKS = texts(200).filter(lambda text: text.strip())
KEYS = st.from_regex(r"[-a-zA-Z0-9_]{1,12}", fullmatch=True)
MARKS = st.dictionaries(st.sampled_from(list(ROLES)), st.sampled_from(["main", "support", "related"]))
MONTHLY = st.fixed_dictionaries(
    {
        **{
            "opens_by": st.just("bd"),
            "opens_n": st.sampled_from([1, 5, -3]),
            "opens_month": st.integers(-3, 3),
        },
        **{"due_by": st.just("day"), "due_n": st.integers(1, 31), "due_month": st.integers(-3, 12)},
        **{"due_move": st.sampled_from(["previous", "next", "as_is"]), "due_time": st.just("12:00")},
    }
)
DAILY = st.fixed_dictionaries({}, optional={"days": st.just("every"), "due_time": st.just("09:30")})
PLAIN_FIELD = {"key": KEYS, "label": WORKS.map(lambda t: t[:100]).filter(str.strip)}
FIELD = st.fixed_dictionaries(
    {**PLAIN_FIELD, "kind": st.sampled_from(["text", "number", "date", "check", "file"])},
    optional={
        **{"hint": texts(200), "is_required": st.booleans(), "is_asked": st.booleans()},
        **{"finding": st.sampled_from([{"gt": 0}, {"ne": "x"}, {"in": ["OK"]}])},
        **{"options": st.sampled_from([{"unit": "件"}, {"filled_by": ["union"]}, {"multiline": True}])},
        **{"signer": st.sampled_from(list(ROLES)), "required_if": st.just({"kind": ["あり"]})},
    },
)
CHOICE = st.fixed_dictionaries(
    {**PLAIN_FIELD, "kind": st.just("choice"), "choices": st.lists(WORKS, min_size=1, max_size=4)}
)
LINES = st.fixed_dictionaries(
    {
        **{**PLAIN_FIELD, "kind": st.just("lines")},
        **{"columns": st.lists(FIELD.filter(lambda f: f["kind"] != "file"), min_size=1, max_size=3)},
    }
)
FIELDS = st.lists(st.one_of(FIELD, CHOICE, LINES), max_size=4).map(
    lambda fields: _once([{**f, **_columns(f)} for f in fields])
)
DUES = st.sampled_from(
    [{"business_days": 3}, {"at_once": True}, {"by_level": {"1": {"hours": 4}}, "level": "15.level"}]
)


def _columns(field: Row) -> Row:
    return {"columns": _once(field["columns"])} if "columns" in field else {}


def _once(fields: list[Row]) -> list[Row]:
    """Each key once."""
    return list({field["key"]: field for field in fields}.values())


@st.composite
def editions(draw: Any, most: int = 8) -> list[Row]:
    """Up to `most` rows, canonical, that soundness lets pass."""
    keys = draw(st.lists(st.integers(1, 60), min_size=1, max_size=most, unique=True))
    numbers = draw(st.lists(st.integers(1, 9999), min_size=len(keys), max_size=len(keys), unique=True))
    headings = draw(st.sets(st.sampled_from(keys), max_size=2))
    rows = []
    for key, number in zip(keys, numbers, strict=True):
        row = {"key": key, "number": number, "work": draw(WORKS), "note": draw(texts(200))}
        row |= {"category": draw(texts(100)), "section": draw(texts(100))}
        if key in headings:
            rows.append(canonical({**row, "cycle": "", "marks": {}, "is_heading": True}))
            continue
        row |= draw(_settings(keys))
        if headings and draw(st.booleans()):
            row["parent"] = min(headings)
        rows.append(canonical(row))
    return rows


@st.composite
def _settings(draw: Any, keys: list[int]) -> Row:
    row: Row = {"cycle": draw(st.sampled_from(["daily", "monthly", "yearly", "on_demand", "as_needed", ""]))}
    row["marks"] = draw(MARKS)
    if row["cycle"] in ("monthly", "yearly") and draw(st.booleans()):
        row["schedule"] = draw(MONTHLY)
    if row["cycle"] == "daily" and draw(st.booleans()):
        row["schedule"] = draw(DAILY)
    row["scope"] = draw(st.sampled_from(["common", "each"]))
    row["sharing"] = draw(st.sampled_from(["one", "any", "signers"]))
    if row["sharing"] == "signers":
        row["signers"] = [
            {"role": r} for r in draw(st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=3))
        ]
    row |= {name: draw(st.booleans()) for name in ("is_entry", "is_acknowledged", "needs_choice")}
    row["register"] = draw(st.sampled_from(["", "seals", "forms"]))
    row["fields"] = draw(FIELDS)
    row["standard_due"] = draw(st.one_of(st.just({}), DUES))
    targets = draw(st.lists(st.sampled_from(keys), max_size=3, unique=True))
    row["followups"] = [{"target": key, "kind": "auto", "condition": draw(CONDITIONS)} for key in targets]
    return row


CONDITIONS = st.sampled_from([{}, {"result": ["NG"]}, {"received": {"lt": "41.quantity"}}])


def roles() -> list[Role]:
    """The roles, stored nowhere."""
    return [
        Role(pk=n, code=code, name=name, kind=KINDS[code], position=n)
        for n, (code, name) in enumerate(ROLES.items(), 1)
    ]
