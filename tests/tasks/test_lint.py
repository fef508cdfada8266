"""点検: every finding of the lint, on rows that need no database, and on the edition of the sheet."""

from datetime import date

import pytest

from opsdesk.accounts.models import Membership, Team
from opsdesk.calendar.days import Calendar
from raci import drafting
from raci.confirmations import confirm_many
from raci.content import canonical, fingerprint, rows_of
from raci.fixture import source
from raci.matrix import Finding
from tasks import procedures
from tasks.lint import findings, lint, numbers
from tasks.lintfacts import Facts, RoleFacts
from tests.cast import make_user
from tests.make import TODAY, at, duty

CALENDAR = Calendar(frozenset({date(2027, 3, 22)}), frozenset(), frozenset(), {})
ROLES = {
    "operations": RoleFacts("業務運用", [("業務運用", 2)]),
    "member": RoleFacts("構成団体", [("汐見市", 2), ("桐原市", 5)]),
    "union": RoleFacts("広域組合", [("広域組合", 3)]),
}
MONTHLY = {"opens_by": "bd", "opens_n": 1, "due_by": "bd", "due_n": 5}


def row(key=1, cycle="monthly", marks=None, **given):
    marks = {"operations": "main"} if marks is None else marks
    plain = {"key": key, "number": key * 10, "work": f"作業{key}", "cycle": cycle, "marks": marks}
    schedule = {"schedule": MONTHLY} if cycle in ("monthly", "yearly") else {"schedule": {}}
    return canonical({**plain, **(schedule if cycle in ("daily", "monthly", "yearly") else {}), **given})


def found(*rows, confirmed=True, procedures=True, roles=ROLES):
    """Sentences by the number, of `rows` that are otherwise in order."""
    facts = Facts(
        TODAY,
        CALENDAR,
        roles,
        frozenset((r["key"], fingerprint(r)) for r in rows) if confirmed else frozenset(),
        frozenset(r["key"] for r in rows) if procedures else frozenset(),
    )
    return [(f.number, f.sentence) for f in lint(rows, facts)]


def test_nothing_is_found_where_all_is_said():
    assert found(row(), row(2, "daily"), row(3, "on_demand"), row(4, "yearly")) == []


def test_a_heading_is_not_looked_at():
    heading = row(1, "", {}, is_heading=True)
    assert found(heading, row(2), confirmed=True, procedures=True) == []


def test_nobody_could_close_it_and_that_stands_first():
    rows = [row(1, "on_demand", {"operations": "support"}), row(2)]
    facts = Facts(TODAY, CALENDAR, ROLES)
    first, *rest = lint(rows, facts)
    assert first.is_blocker and (first.number, first.key, first.aspect) == (10, 1, "marks")
    assert "主担当(◎)がないため" in first.sentence
    assert not any(finding.is_blocker for finding in rest)


@pytest.mark.parametrize(
    "one, sentence",
    [
        (
            row(marks={"operations": "main", "union": "main"}),
            "主担当(◎)が複数ありますが、分け方が決まっていません。",
        ),
        (row(cycle=""), "周期がありません。"),
        (row(schedule=None), "周期設定がないため、作業が作られません。"),
        (row(schedule={"opens_by": "bd", "opens_n": 1}), "周期設定がないため、作業が作られません。"),
        (row(cycle="daily", schedule=None), "周期設定がないため、作業が作られません。"),
        (row(followups=[{"target": 7, "kind": "auto"}]), "後続の作業(業務キー 7)が、この版にありません。"),
        (
            row(cycle="on_demand", followups=[{"target": 1, "kind": "confirming"}]),
            "確認の作業ですが、やり直しを求める答え(NG)がありません。",
        ),
        (
            row(schedule={**MONTHLY, "opens_n": 8}),
            "24か月で 24回、開始が期限より後になります(期限の日に開始します)。",
        ),
    ],
)  # fmt: skip
def test_one_row_against_itself(one, sentence):
    assert found(one) == [(10, sentence)]


def test_unconfirmed_and_without_procedure():
    assert found(row(), confirmed=False) == [(10, "周期設定が未確認です。")]
    assert found(row(cycle="on_demand"), confirmed=False) == []
    assert found(row(), procedures=False) == [(10, "手順書がありません。")]


def test_a_confirmation_of_something_else_does_not_count():
    changed = row(schedule={**MONTHLY, "due_n": 6})
    facts = Facts(TODAY, CALENDAR, ROLES, frozenset({(1, fingerprint(row()))}), frozenset({1}))
    assert [f.sentence for f in lint([changed], facts)] == ["周期設定が未確認です。"]


@pytest.mark.parametrize(
    "move, words",
    [
        ("previous", "前の開庁日へ前倒しします"),
        ("next", "次の開庁日へ延びます"),
        ("as_is", "閉庁日のまま期限になります"),
    ],
)
def test_a_due_day_on_closed_days(move, words):
    """On weekends R8.11, R9.5, R9.8, R10.1, R10.4, R10.7 and R10.10; R9.3.22 is closed besides."""
    rule = {"opens_by": "bd", "opens_n": 1, "due_by": "day", "due_n": 22, "due_move": move}
    assert found(row(schedule=rule)) == [(10, f"24か月で期限が閉庁日に 8回当たり、{words}。")]


def test_a_successor_that_is_due_before():
    late = row(1, followups=[{"target": 2, "kind": "auto"}])
    early = row(2, schedule={**MONTHLY, "due_n": 4})
    assert found(late, early) == [(10, "後続の No.20 作業2 の期限が先に来ます(24か月で 24回)。")]
    assert found(late, row(2)) == []


def test_a_year_before_its_months():
    year = row(1, "yearly", followups=[{"target": 2, "kind": "auto"}])  # due on the 5th business day of April
    assert found(year, row(2, schedule={**MONTHLY, "due_n": 4})) == [
        (10, "後続の No.20 作業2 の期限が先に来ます(24か月で 2回)。")
    ]
    assert found(year, row(2)) == []
    month = row(1, followups=[{"target": 2, "kind": "auto"}])
    assert found(month, row(2, "yearly")) == []  # no period of the one holds the other


def test_a_follow_up_to_a_heading():
    rows = [row(1, followups=[{"target": 2, "kind": "chosen"}]), row(2, "", {}, is_heading=True)]
    assert found(*rows) == [(10, "後続が見出しの行です: No.20 作業2")]


def test_ng_must_be_one_of_the_choices():
    field = {"key": "result", "label": "結果", "kind": "choice", "choices": ["OK", "NG"]}
    edge = {"target": 2, "kind": "confirming", "condition": {"result": ["NG"]}}
    work = row(2, "on_demand")
    assert found(row(1, "on_demand", fields=[field], followups=[edge]), work) == []
    wrong = {**edge, "condition": {"result": ["未回復"]}}
    assert len(found(row(1, "on_demand", fields=[field], followups=[wrong]), work)) == 1


def test_a_change_without_an_approver():
    change = row(1, "on_demand", is_entry=True, followups=[{"target": 2, "kind": "chosen"}])
    field = {"key": "result", "label": "結果", "kind": "choice", "choices": ["OK", "NG"]}
    confirming = {"target": 2, "kind": "confirming", "condition": {"result": ["NG"]}}
    check = row(3, "on_demand", fields=[field], followups=[confirming])
    work = row(2, "on_demand")
    assert [n for n, s in found(change, work, check) if "承認者がいません" in s] == [10]
    signers = {"sharing": "signers", "signers": [{"role": "operations", "is_approver": True}]}
    assert found({**change, **signers}, work, check) == []
    assert found(change, {**work, **signers}, check) == []
    assert found(change, work) == []  # nobody confirms the work: no change


def test_roles_and_teams():
    rows = [row(1, marks={"operations": "main", "helpdesk": "support"}), row(2, marks={"package": "main"})]
    assert found(*rows, roles={**ROLES, "helpdesk": RoleFacts("ヘルプデスク")}) == [
        (0, "役割「ヘルプデスク」の担当(チーム)がありません: No.10"),
        (0, "役割「package」の担当(チーム)がありません: No.20"),
    ]
    thin = {**ROLES, "member": RoleFacts("構成団体", [("汐見市", 0), ("桐原市", 1)])}
    assert found(row(1, marks={"member": "main"}), roles=thin) == [
        (0, "担当「汐見市」に利用者がいないため、完了にできる人がいません: No.10"),
        (0, "担当「桐原市」の利用者が1人だけです: No.10"),
    ]
    shared = row(1, marks={"member": "main", "operations": "main"}, sharing="any")
    assert found(shared, roles=thin) == []  # another team can close it


def test_numbers_are_cut():
    assert numbers(range(1, 11)) == "No.1・No.2・No.3・No.4・No.5・No.6・No.7・No.8 ほか2件"


def test_how_a_finding_reads():
    assert str(Finding(7, "x")) == "No.7 x" and str(Finding(0, "x")) == "x"


# --- with a database ------------------------------------------------------------------------------------


def aspects(edition):
    counted = {}
    for finding in findings(edition, today=TODAY):
        counted.setdefault((finding.aspect, finding.sentence[:12]), []).append(finding.number)
    return counted


def test_the_first_edition(cast, edition, holidays):
    counted = aspects(edition)
    assert len(counted.pop(("schedule", "周期設定が未確認です。"))) == 19
    assert len(counted.pop(("procedure", "手順書がありません。"))) == 57
    assert counted.pop(("signers", "変更の承認者がいません。")) == [44, 45]
    assert sorted(counted.pop(("schedule", "24か月で期限が閉庁日に"))) == [1, 36]
    alone = {sentence for aspect, sentence in counted if aspect == "team"}
    assert alone and all(sentence.startswith("担当「") for sentence in alone)
    assert {aspect for aspect, _sentence in counted} == {"team"}


def test_the_facts(cast, edition):
    confirm_many([duty(1), duty(3)], by=cast.morishita, at=at())
    made = procedures.save(duty(9), by=cast.sato, team=cast.team["operations"], at=at(), text="手順")
    counted = aspects(edition)
    assert not {1, 3} & set(counted["schedule", "周期設定が未確認です。"])
    assert 9 not in counted["procedure", "手順書がありません。"]
    procedures.withdraw(made, by=cast.sato, team=cast.team["operations"], at=at(), reason="x")
    assert 9 in aspects(edition)["procedure", "手順書がありません。"]


def sentences(edition):
    return [f.sentence for f in findings(edition, today=TODAY) if f.aspect == "team"]


def test_teams_and_their_people(cast, edition):
    assert any(s.startswith("担当「桐原市」の利用者が1人だけです") for s in sentences(edition))
    assert not any("汐見市" in s for s in sentences(edition))  # ono and horie
    make_user("x", team=cast.team["kirihara"])
    assert not any("桐原市" in s for s in sentences(edition))
    Membership.objects.filter(team=cast.team["kirihara"]).update(ends_on=date(2026, 11, 23))
    assert any(s.startswith("担当「桐原市」に利用者がいない") for s in sentences(edition))
    Team.objects.filter(pk=cast.team["package"].pk).update(ends_on=date(2026, 11, 23))
    assert any(s.startswith("役割「パッケージ保守」の担当(チーム)がありません") for s in sentences(edition))


def test_of_a_draft_by_what_it_says(cast, edition):
    confirm_many(list(edition.duties.filter(is_heading=False)), by=cast.morishita, at=at())
    rows = rows_of(edition)
    rows[0]["schedule"]["due_n"] = 20
    draft = drafting.revise(edition, rows=rows, by=cast.morishita, at=at())
    assert aspects(draft)["schedule", "周期設定が未確認です。"] == [1]
    assert ("schedule", "周期設定が未確認です。") not in aspects(edition)


def test_few_statements(cast, edition, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert findings(edition, today=TODAY)
    rows = rows_of(edition)
    with django_assert_max_num_queries(3):
        assert findings(edition, today=TODAY, rows=rows)


def test_a_thousand_duties(cast, edition, django_assert_max_num_queries):
    """The same statements; the source's rows many times over, each with keys of its own."""
    rows = []
    for n in range(16):
        for one in source()["duties"]:
            moved = {**one, "key": one["key"] + n * 100, "number": one["number"] + n * 100}
            moved["followups"] = [{**e, "target": e["target"] + n * 100} for e in one.get("followups", ())]
            moved |= {"parent": one["parent"] + n * 100} if one.get("parent") else {}
            rows.append(canonical(moved))
    draft = drafting.revise(None, rows=rows, by=cast.morishita, at=at())
    with django_assert_max_num_queries(8):
        found = findings(draft, today=TODAY)
    assert sum(f.sentence == "手順書がありません。" for f in found) == 57 * 16
