"""Our settings of each row, against settings.txt, which was written by hand from the design of the rows.

No | 各 or 共, ▶ entry, any or the signers, ack, choice, register | opens → due or the standard due |
fields | follow-ups. Fields: [ ] check, # number, d date, c choice, t text, f file, {…} lines; ! asked
and required when it is raised, * required to close, (* if …) only then, ? an answer that is a finding,
@ the signer who fills it in.
"""

import json
from pathlib import Path

from raci.models import Duty, DutyField, Schedule

EXPECTED = {
    int(line.split(" ", 1)[0]): line
    for line in Path(__file__).with_name("settings.txt").read_text(encoding="utf-8").splitlines()
}
KINDS = {"check": "[ ]", "number": "#", "text": "t", "date": "d", "choice": "c", "file": "f"}
EDGES = {"auto": "→", "chosen": "→?", "linked": "→+", "confirming": "⇐"}


def test_every_row_says_what_the_design_says(edition):
    duties = edition.duties.select_related("schedule").prefetch_related("signers__role").order_by("position")
    assert {d.number: row(d) for d in duties} == EXPECTED


def row(duty: Duty) -> str:
    parts = (duty.number, head(duty), when(duty), fields(duty), edges(duty))
    return " | ".join(str(p) for p in parts).rstrip()


def head(duty: Duty) -> str:
    signers = "→".join(s.role.code for s in duty.signers.order_by("position"))
    words = (
        "各" if duty.scope == "each" else "共",
        "▶" * duty.is_entry,
        "any" * (duty.sharing == "any"),
        signers,
    )
    words += (
        "ack" * duty.is_acknowledged,
        "choice" * duty.needs_choice,
        duty.register,
        "heading" * duty.is_heading,
    )
    assert bool(signers) == (duty.sharing == "signers")
    return " ".join(w for w in words if w)


def when(duty: Duty) -> str:
    schedule = Schedule.objects.filter(duty=duty).first()
    if not schedule:
        return standard(dict(duty.standard_due))
    assert not duty.standard_due
    assert schedule.due_time.isoformat() == "17:15:00"
    if duty.cycle == "daily":
        assert (schedule.opens_by, schedule.due_by) == ("", "")
        return schedule.days
    opens = day(schedule.opens_by, schedule.opens_n, "", schedule.opens_month)
    return f"{opens} → {day(schedule.due_by, schedule.due_n, schedule.due_move, schedule.due_month)}"


def day(by: str, n: int, move: str, month: int) -> str:
    counted = f"BD {n}" if by == "bd" else f"day {n} {move}"
    return f"{counted} of N{month:+}" if month else f"{counted} of N"


def standard(due: dict) -> str:
    level = due.pop("level", "")
    words = []
    for key, value in sorted(due.items(), key=lambda item: ORDER.index(item[0])):
        if key == "by_level":
            steps = ", ".join(f"{n}: {amount(limit)}" for n, limit in value.items())
            words.append(f"{steps} by {level}")
        else:
            words.append(WORDS[key].format(value))
    return ", ".join(words)


ORDER = [
    "before",
    "at_least_business_days",
    "on",
    "business_days",
    "after",
    "at_once",
    "same_day",
    "by_level",
]
ORDER += ["may_skip_level"]
WORDS = {
    "before": "before {}",
    "at_least_business_days": "at least {} BD",
    "on": "on {}",
    "business_days": "{} BD",
    "after": "after {}",
    "at_once": "at once",
    "same_day": "same day",
    "may_skip_level": "skip {}",
}


def amount(limit: dict) -> str:
    return f"{limit['hours']} h" if "hours" in limit else f"{limit['business_days']} BD"


def fields(duty: Duty) -> str:
    return ", ".join(field(f) for f in duty.fields.filter(parent=None).order_by("position"))


def field(f: DutyField) -> str:
    options = dict(f.options)
    if f.kind == "lines":
        assert f.label == "明細"
        words = "{" + ", ".join(field(c) for c in f.columns.order_by("position")) + "}" + sign(f)
    else:
        choices = f" ({'/'.join(f.choices)})" if f.choices else ""
        words = f"{KINDS[f.kind]} {f.label}{choices}{sign(f)}"
    if f.required_if:
        ((_key, values),) = f.required_if.items()
        words += f" (* if {'/'.join(values)})"
    return words + finding(f.finding) + (f" @{f.signer_role.code}" if f.signer_role else "") + other(options)


def sign(f: DutyField) -> str:
    return "!" if f.is_asked and f.is_required else "*" if f.is_required else ""


def finding(rule: dict) -> str:
    match rule:
        case {"in": [value]}:
            return f" ?{value}"
        case {"gt": 0}:
            return " ?>0"
        case {"ne": other_key}:
            return f" ?≠{other_key}"
        case {"over_percent_of": key, "limit": limit}:
            return f" ?over% {key} {limit}"
    assert rule == {}
    return ""


def other(options: dict) -> str:
    words = ""
    words += " carried" * options.get("carry_over", False)
    words += " open" * options.get("business_day", False) + " in N" * options.get("in_period", False)
    if options.get("business_day") and "not_before" in options:
        words += f" from {options['not_before']}"
    words += f" or {options['instead_of']}" if "instead_of" in options else ""
    words += f" shows {options['shows']}" if "shows" in options else ""
    words += f" by {'/'.join(options['filled_by'])}" if "filled_by" in options else ""
    words += " shown" * options.get("is_shown", False)
    if "prefill" in options:
        words += f" from {options['prefill']['key']}"
        words += f" after {options['prefill']['settled_by']}" if "settled_by" in options["prefill"] else ""
    return words


def edges(duty: Duty) -> str:
    return ", ".join(
        f"{EDGES[e.kind]}{e.target_key}{condition(e.condition)}" for e in duty.followups.order_by("position")
    )


def condition(rule: dict) -> str:
    if not rule:
        return ""
    ((_key, values),) = rule.items()
    return f" <{values['lt']}" if isinstance(values, dict) else f" {'/'.join(values)}"


def test_rules_name_fields_that_exist(edition):
    """Every key in a condition, a finding, an option or a due is a field of that duty or the named."""
    rows = {d.key: d for d in edition.duties.prefetch_related("fields", "followups")}
    keys = {(d.key, f.key): f for d in rows.values() for f in d.fields.filter(parent=None)}

    def there(duty: Duty, name: str, siblings=None) -> bool:
        if siblings and any(s.key == name for s in siblings):
            return True
        number, _, key = name.rpartition(".")
        return (int(number) if number else duty.key, key) in keys

    for duty in rows.values():
        for f in duty.fields.all():
            siblings = list(f.parent.columns.all()) if f.parent else None
            names = [*f.required_if, *(f.finding.get(k) for k in ("ne", "over_percent_of") if k in f.finding)]
            names += [f.options[k] for k in ("not_before", "instead_of") if k in f.options]
            assert all(there(duty, n, siblings) for n in names), f
            for name, values in f.required_if.items():
                assert set(values) <= set(keys[duty.key, name].choices), f
            if rule := f.options.get("prefill"):
                lines = keys[rule["key"], rule["field"]]
                assert set(rule["columns"]) <= {c.key for c in lines.columns.all()} & {
                    c.key for c in f.columns.all()
                }
        for edge in duty.followups.all():
            assert edge.target_key in rows
            for name, values in edge.condition.items():
                assert isinstance(values, dict) or set(values) <= set(keys[duty.key, name].choices), edge
        for name in (duty.standard_due.get(k) for k in ("before", "on", "level") if k in duty.standard_due):
            assert there(duty, name), duty
    assert json.dumps([d.standard_due for d in rows.values()])
