"""People and organizations by workbook: out and in again unchanged, previewed by row, all or none."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsdesk.accounts import memberships, people, teams
from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Membership, Organization, Team, User
from opsdesk.accounts.rosters import applying, planning, reading, state
from opsdesk.accounts.rosters.cautions import cautions, first_empty_day
from opsdesk.accounts.rosters.shape import SHAPES
from opsdesk.audit.models import Event
from opsdesk.lib import workbook
from opsdesk.lib.refusal import Refusal
from tests.cast import make_user

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
APRIL = date(2027, 4, 1)
USERS = ["ログインID", "氏名", "団体", "部署", "職名", "管理者"]
MEMBERSHIPS = ["ログインID", "役割", "団体", "承認者", "開始日", "終了日"]


def xlsx(**sheets):
    """A workbook of sheets by title, each a list of rows with its heads first."""
    with workbook.write_book(sheets.items()) as file:
        return file.read()


def exported():
    present = state.present()
    return xlsx(**{shape.title: state.on_paper(present, shape) for shape in SHAPES})


def plan_of(content):
    present = state.present()
    return planning.planned(reading.read(content, present), present)


def done(content, by=None):
    present = state.present()
    lines = reading.read(content, present)
    digest = planning.planned(reading.read(content, present), present).digest
    return applying.apply(lines, by=by, at=AT, digest=digest)


def said(plan):
    return [(row.line.sheet, row.line.key[0], row.status) for row in plan.rows if row.status != "same"]


def faults(plan):
    return [fault for row in plan.rows for fault in row.faults]


def test_it_works(cast):
    content = xlsx(
        利用者=[
            USERS,
            ["sakurai", "桜井 学", "汐見市", "情報政策課", "課長", ""],
            ["ono", "大野 千尋", "shiomi", "税務課", "", ""],
        ],
        所属=[
            MEMBERSHIPS,
            ["sakurai", "構成団体", "汐見市", "○", APRIL, ""],
            ["horie", "member", "shiomi", "○", date(2026, 4, 1), "R9.3.31"],
        ],
    )
    plan = done(content, by=cast.kubo)
    assert said(plan) == [
        ("users", "sakurai", "new"),
        ("users", "ono", "changed"),
        ("memberships", "sakurai", "new"),
        ("memberships", "horie", "changed"),
    ]
    assert plan.differences(plan.rows[1]) == [("部署", "なし", "税務課")]
    assert plan.differences(plan.rows[0])[1] == ("団体", "なし", "汐見市")
    assert plan.who(plan.rows[3]) == "堀江 正樹 horie 構成団体 汐見市 令和8年4月1日"
    assert plan.leaving == {"horie": "2027-03-31"}
    newcomer = User.objects.get(login="sakurai")
    assert (newcomer.post, newcomer.organization, newcomer.has_usable_password()) == (
        "課長",
        cast.shiomi,
        False,
    )
    assert [m.is_approver for m in memberships_on(newcomer, APRIL)] == [True]
    assert not memberships_on(newcomer, date(2027, 3, 31))
    horie = User.objects.get(pk=cast.horie.pk)
    assert memberships_on(horie, date(2027, 3, 31)) and not memberships_on(horie, APRIL)
    codes = list(Event.objects.order_by("pk").values_list("code", "actor_name", "stream"))
    assert codes == [
        (code, "久保 管理", "shiomi")
        for code in ("account.created", "account.changed", "membership.left", "membership.joined")
    ]


def test_again_it_changes_nothing(cast):
    content = xlsx(
        利用者=[USERS, ["sakurai", "桜井 学", "汐見市", "", "", ""]],
        担当=[["役割", "団体", "開始日", "終了日"], ["HW/NW保守", "蒼汐SS", "R8.4.1", "R9.3.31"]],
        所属=[
            MEMBERSHIPS,
            ["sakurai", "構成団体", "汐見市", "", APRIL, ""],
            ["ishii", "hwnw", "soseki", "", "R8.4.1", ""],
        ],
    )
    done(content)
    events = Event.objects.count()
    assert said(done(content)) == []
    assert Event.objects.count() == events
    assert Membership.objects.get(user=cast.ishii).ends_on == date(2027, 3, 31)


def test_nobody_is_deleted_by_not_being_there(cast):
    plan = done(xlsx(利用者=[USERS, ["ono", "大野 千尋", "汐見市", "", "", ""]]))
    assert "sato" in {values["login"] for values in plan.unlisted} and len(plan.unlisted) == 11
    assert User.objects.filter(is_active=True).count() == 12
    assert plan_of(xlsx(所属=[MEMBERSHIPS, ["ono", "member", "shiomi", "", "R8.4.1", ""]])).unlisted == []


def test_with_one_problem_nothing_is_done(cast):
    content = xlsx(
        利用者=[
            USERS,
            ["sakurai", "桜井 学", "汐見市", "", "", ""],
            ["ono", "大野 千尋", "雲居町", "", "", ""],
        ]
    )
    plan = plan_of(content)
    assert faults(plan) == [("「利用者」の C3", "団体「雲居町」がありません。")]
    with pytest.raises(Refusal, match="問題"):
        applying.apply(reading.read(content, state.present()), by=None, at=AT, digest=plan.digest)
    assert not User.objects.filter(login="sakurai").exists() and not Event.objects.exists()


def test_a_refusal_in_the_middle_takes_all_back(cast):
    User.objects.filter(pk=cast.sato.pk).update(login="Sato")  # as an old system wrote it
    content = xlsx(
        利用者=[
            USERS,
            ["sakurai", "桜井 学", "汐見市", "", "", ""],
            ["sato", "佐藤 美咲", "", "", "", ""],  # only the command knows that this is the same
        ]
    )
    with pytest.raises(Refusal, match="「利用者」の 3行目: ログインID sato はすでに使われています"):
        done(content)
    assert not User.objects.filter(login="sakurai").exists() and not Event.objects.exists()


def test_the_last_administrator_stays(cast):
    """The preview says so; where another becomes one, the order of the rows does not matter."""
    stops = ["kubo", "久保 管理", "", "", "", "×"]
    sentence = "管理者がいなくなります。先にほかの人を管理者にしてください。"
    assert faults(plan_of(xlsx(利用者=[USERS, stops]))) == [("「利用者」の F2", sentence)]
    done(xlsx(利用者=[USERS, stops, ["morishita", "森下 由佳", "union", "", "", "○"]]))
    assert list(User.objects.filter(is_staff=True).values_list("login", flat=True)) == ["morishita"]


def test_what_changed_meanwhile_is_looked_at_again(cast):
    content = xlsx(利用者=[USERS, ["ono", "大野 千尋", "汐見市", "税務課", "", ""]])
    digest = plan_of(content).digest
    people.change(cast.ono, department="市民課", by=cast.kubo, at=AT)
    with pytest.raises(Refusal, match="ほかの人が変更"):
        applying.apply(reading.read(content, state.present()), by=None, at=AT, digest=digest)
    assert User.objects.get(login="ono").department == "市民課"


@pytest.mark.parametrize(
    ("sheet", "row", "place", "sentence"),
    [
        ("利用者", ["Ono Chihiro", "大野", "", "", "", ""], "A2", "半角"),
        ("利用者", ["newone", "", "", "", "", ""], "B2", "氏名を入力"),
        ("利用者", ["newone", "あ" * 101, "", "", "", ""], "B2", "100"),
        ("利用者", ["newone", "新人", "", "", "", "たぶん"], "F2", "○ か空欄"),
        ("利用者", ["", "新人", "", "", "", ""], "A2", "ログインIDを入力"),
        ("利用者", ["gone", "いない 人", "", "", "", ""], "A2", "利用停止中"),
        ("所属", ["nobody", "member", "shiomi", "", APRIL, ""], "A2", "利用者がいません"),
        ("所属", ["ono", "印刷", "shiomi", "", APRIL, ""], "B2", "役割「印刷」がありません"),
        ("所属", ["ono", "hwnw", "shiomi", "", APRIL, ""], "B2", "開始日にありません"),
        ("所属", ["ono", "member", "shiomi", "", "R9.4.31", ""], "E2", "という日はありません"),
        ("所属", ["ono", "member", "shiomi", "", APRIL, ""], "E2", "令和8年4月1日から所属"),
        ("所属", ["ono", "member", "shiomi", "", "R8.4.1", "R8.3.1"], "F2", "開始日より後"),
    ],
)
def test_a_problem_is_named_by_its_cell(cast, sheet, row, place, sentence):
    make_user("gone", is_active=False)
    heads = USERS if sheet == "利用者" else MEMBERSHIPS
    found = faults(plan_of(xlsx(**{sheet: [heads, row]})))
    assert [f"「{sheet}」の {place}"] == [where for where, _ in found] and sentence in found[0][1]


def test_a_row_twice(cast):
    row = ["ono", "大野 千尋", "汐見市", "", "", ""]
    assert faults(plan_of(xlsx(利用者=[USERS, row, row]))) == [("「利用者」の A3", "同じ行が二度あります。")]


def test_organizations_and_teams(cast):
    content = xlsx(
        団体=[
            ["コード", "種別", "名称", "略称", "加入日", "並び順"],
            ["kumoi", "構成団体", "雲居町", "", "R9.4.1", "9"],
            ["aozora", "委託ベンダ", "青空システム株式会社", "青空", "R9.4.1", ""],
            ["shiomi", "構成団体", "汐見市", "汐見", "R8.4.1", ""],
        ],
        担当=[
            ["役割", "団体", "開始日", "終了日"],
            ["構成団体", "雲居町", "R9.4.1", ""],
            ["業務運用", "soseki", "R8.4.1", "R9.3.31"],
            ["業務運用", "青空", "R9.4.1", ""],
        ],
        利用者=[USERS, ["aoki", "青木 蓮", "青空", "", "", ""]],
        所属=[MEMBERSHIPS, ["aoki", "業務運用", "青空システム株式会社", "○", "R9.4.1", ""]],
    )
    done(content, by=cast.kubo)
    assert Organization.objects.get(code="kumoi").position == 9
    assert Organization.objects.get(code="shiomi").short_name == "汐見"
    assert Team.objects.get(organization__code="kumoi").name == "雲居町"
    aoki = User.objects.get(login="aoki")
    assert [m.team.role.code for m in memberships_on(aoki, APRIL)] == ["operations"]
    sato = User.objects.get(login="sato")
    assert memberships_on(sato, date(2027, 3, 31)) and not memberships_on(sato, APRIL)
    assert said(done(content)) == []


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        (["shiomi", "構成団体", "新汐見市", "R8.4.1", ""], "C2", "改称"),
        (["shiomi", "構成団体", "汐見市", "R8.4.1", "R9.3.31"], "E2", "脱退"),
        (["shiomi", "委託ベンダ", "汐見市", "R8.4.1", ""], "B2", "種別は変えられません"),
        (["a b", "構成団体", "新町", "R9.4.1", ""], "A2", "半角"),
        (["second", "広域組合", "第二組合", "R9.4.1", ""], "B2", "一つだけ"),
        (["new", "会社", "新町", "R9.4.1", ""], "B2", "種別「会社」"),
        (["new", "構成団体", "新町", "", ""], "D2", "加入日を入力"),
    ],
)
def test_what_an_organization_may_not(cast, row, place, sentence):
    found = faults(plan_of(xlsx(団体=[["コード", "種別", "名称", "加入日", "脱退日"], row])))
    assert found[0][0] == f"「団体」の {place}" and sentence in found[0][1]


def test_a_role_is_held_once_at_a_time(cast):
    heads = ["役割", "団体", "開始日", "終了日"]
    assert "先に終了日" in faults(plan_of(xlsx(担当=[heads, ["業務運用", "soseki", "R9.4.1", ""]])))[0][1]
    assert (
        "委託ベンダの担当" in faults(plan_of(xlsx(担当=[heads, ["業務運用", "shiomi", "R9.4.1", ""]])))[0][1]
    )


def test_an_empty_end_takes_none_away(cast):
    row = Membership.objects.get(user=cast.ono)
    memberships.leave(row, on=date(2027, 3, 31), by=None, at=AT)
    plan = done(xlsx(所属=[MEMBERSHIPS, ["ono", "member", "shiomi", "", "R8.4.1", ""]]))
    assert said(plan) == [] and "そのまま" in plan.rows[0].note
    row.refresh_from_db()
    assert row.ends_on == date(2027, 3, 31)


def test_what_is_no_roster(cast):
    with pytest.raises(Refusal, match="団体・担当・利用者・所属"):
        plan_of(xlsx(表=[["a"], ["b"]]))
    with pytest.raises(Refusal, match="見出し ログインID"):
        plan_of(xlsx(利用者=[["なまえ"], ["b"]]))
    with pytest.raises(Refusal, match="行がありません"):
        plan_of(xlsx(利用者=[USERS]))


def test_cautions(cast):
    people.change(cast.ono, post="税務課長", by=None, at=AT)
    teams.end(cast.team["hwnw"], on=date(2027, 3, 31), by=None, at=AT)
    memberships.leave(Membership.objects.get(user=cast.hamanaka), on=date(2026, 12, 31), by=None, at=AT)
    found = [c.sentence for c in cautions(state.present().rows, TODAY)]
    assert found == [
        "担当「瑞野町」には 令和9年1月1日 からだれもいません。",
        "大野 千尋さんは税務課長ですが、承認者になっていません。",
    ]


def test_the_first_day_on_which_nobody_is_there():
    def member(starts_on, ends_on=""):
        return {"starts_on": starts_on, "ends_on": ends_on}

    team = member("2026-04-01", "2027-03-31")
    assert first_empty_day(team, [], TODAY) == TODAY
    assert first_empty_day(team, [member("2026-04-01")], TODAY) is None
    assert first_empty_day(team, [member("2026-04-01", "2027-03-31")], TODAY) is None
    gap = [member("2026-04-01", "2026-12-10"), member("2026-12-12")]
    assert first_empty_day(team, gap, TODAY) == date(2026, 12, 11)
    gap[1]["starts_on"] = "2026-12-11"
    assert first_empty_day(team, gap, TODAY) is None


def test_out_and_in_again_is_unchanged(cast):
    teams.end(cast.team["hwnw"], on=date(2027, 3, 31), by=None, at=AT)
    plan = plan_of(exported())
    assert said(plan) == [] and plan.unlisted == [] and len(plan.rows) == 5 + 8 + 12 + 11


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
).filter(lambda text: text.strip())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(NAMES, min_size=3, max_size=3),
    st.dates(date(2026, 4, 1), date(2030, 3, 31)),
    st.none() | st.integers(0, 900),
    st.booleans(),
)
def test_any_state_goes_out_and_in_again(cast, names, starts_on, days, is_approver):
    name, department, kana = names
    User.objects.filter(pk=cast.takahashi.pk).update(name=name, department=department, kana=kana)
    ends_on = date.fromordinal(starts_on.toordinal() + days) if days is not None else None
    Membership.objects.filter(user=cast.takahashi).update(
        starts_on=starts_on, ends_on=ends_on, is_approver=is_approver
    )
    plan = plan_of(exported())
    assert said(plan) == [], faults(plan)


def test_the_first_of_april(cast):
    """300 people in one workbook, 30 of them into teams that others leave."""
    users = [[f"p{n:03}", f"職員 {n}", "汐見市", f"部署{n % 9}", "", ""] for n in range(300)]
    joins = [[f"p{n:03}", "構成団体", "汐見市", "", APRIL, ""] for n in range(300)]
    content = xlsx(利用者=[USERS, *users], 所属=[MEMBERSHIPS, *joins])
    with CaptureQueriesContext(connection) as asked:
        done(content, by=cast.kubo)
    assert len(asked) < 14 * 600
    assert Membership.objects.filter(starts_on=APRIL).count() == 300
    assert Event.objects.count() == 600
    with CaptureQueriesContext(connection) as asked:
        assert said(plan_of(content)) == []
    assert len(asked) <= 6


def test_a_formula_is_refused(cast):
    book = openpyxl.Workbook()
    book.active.title = "利用者"
    book.active.append(USERS)
    book.active.append(["ono", '=HYPERLINK("x")'])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Refusal, match="B2 に数式"):
        plan_of(out.getvalue())
