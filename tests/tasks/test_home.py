"""tasks:home, the dashboard of each role: what it shows, counts that are lists, statements."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine

from opsdesk.accounts.models import Membership, Organization, Team
from opsdesk.calendar.models import ClosedDay, OpenDay
from raci.outline import outline_of
from tasks import displaced
from tasks.models import GenerationRun, Signature, Task
from tests.cast import STARTED_ON
from tests.make import TODAY, TOKYO, at, duty, make_task

pytestmark = pytest.mark.django_db
BUDGET = 14
NEXT_MONTH = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture(autouse=True)
def generation_runs(db):
    GenerationRun.objects.create(started_at=at(9, 57), finished_at=at(9, 57), through_on=TODAY)


@pytest.fixture
def look(client, cast, edition, holidays):
    """look("sato", scope="all") → the response."""

    def ask(login, **query):
        client.force_login(getattr(cast, login))
        response = client.get("/", query)
        assert response.status_code == 200
        return response

    return ask


def day(n):
    return TODAY + timedelta(n)


def due(n, hour=17, minute=15):
    return {"due_on": day(n), "due_at": at(hour, minute, day(n))}


def done(cast, hour=8, minute=52, **fields):
    person = {"closed_by": cast.takahashi, "closed_for": cast.team["operations"]}
    return {"state": "done", "closed_at": at(hour, minute), "done_on": TODAY, **person, **fields}


def month(number, organization=None, n=0, **fields):
    """A task of a monthly duty for December, due in `n` days."""
    return make_task(
        number, organization, period="2026-12", period_on=NEXT_MONTH, opens_on=day(-20), **due(n), **fields
    )


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def panel(response, name):
    """The text of the panel with the heading `name`, without tags; "" if there is none."""
    for found in re.findall(r'<section class="panel.*?</section>', response.content.decode(), re.S):
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)).strip()
        if plain.startswith(name):
            return plain
    return ""


def counts(response):
    return {count.label: count.number for count in response.context["counts"]}


def ids(response):
    """The tasks that stand on the page one by one."""
    return {int(n) for n in re.findall(r'<li class="task[^"]*" id="task-(\d+)"', response.content.decode())}


def test_it_works(look, cast):
    late = make_task(9, period="2026-11-20", **due(-4))
    now = make_task(9, assignee=cast.sato, **due(0))
    closed = make_task(7, **done(cast))
    soon = month(31, n=3)
    response = look("sato")
    page = text(response)
    assert "今日の運用" in page
    assert "令和8年11月24日(火) 開庁日 11月の第15開庁日 次の開庁日は 11/25(水)" in page
    assert counts(response) == {
        "期限超過": 1,
        "今日が期限": 1,
        "今後5開庁日": 1,
        "署名待ち": 0,
        "確認が未了": 0,
    }
    assert ids(response) == {late.pk, now.pk, closed.pk, soon.pk}
    assert "1開庁日超過 11/20(金) No.9 日常点検の実施" in panel(response, "期限超過")
    today = panel(response, "今日が期限")
    assert "1件(完了 1)" in today
    assert "今日 17:15まで No.9 日常点検の実施" in today
    assert "佐藤" in today and "作業中" in today and "完了にする" in today
    assert "8:52 完了 No.7 サーバ" in today and "記録を見る" in today
    assert "あと3開庁日 11/27(金) No.31" in panel(response, "今後5開庁日")
    assert "12月分" in panel(response, "今後5開庁日")


def test_a_closed_day(look):
    with time_machine.travel(at(10, on=date(2026, 11, 22)), tick=False):
        assert "令和8年11月22日(日) 閉庁日(日曜日) 次の開庁日は 11/24(火)" in text(look("sato"))


def test_a_stranger_is_sent_to_sign_in(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_it_is_read_only(client, cast, edition):
    client.force_login(cast.sato)
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("sato", {7, 9, 30, 31}),
        ("yamaguchi", {34}),
        ("ogawa", set()),
        ("ishii", set()),
        ("ono", {"shiomi"}),
        ("makino", {"kirihara"}),
    ],
)
@pytest.mark.parametrize("scope", ["mine", "team"])
def test_each_sees_the_own(look, cast, login, sees, scope):
    tasks = {n: month(n) for n in (30, 31, 34, 36)} | {n: make_task(n) for n in (7, 9)}
    tasks |= {name: make_task(8, getattr(cast, name)) for name in ("shiomi", "kirihara", "mizuno")}
    assert ids(look(login, scope=scope)) == {tasks[name].pk for name in sees}


def test_a_municipality_never_sees_another(look, cast):
    theirs = [make_task(8, cast.kirihara, **due(-1)), month(29, cast.kirihara, n=-1)]
    common = month(30)
    for scope in ("mine", "team", "all"):
        response = look("ono", scope=scope)
        page = text(response)
        assert "桐原市" not in page
        assert counts(response)["期限超過"] == 0
        assert not any(f"/tasks/{task.pk}/" in response.content.decode() for task in theirs)
    assert ids(look("ono", scope="all")) == {common.pk}
    assert "汐見市の運用" in page


def test_mine_is_assigned_to_me_or_to_nobody(look, cast):
    tasks = {
        "me": make_task(9, assignee=cast.sato),
        "nobody": make_task(7),
        "other": month(31, assignee=cast.takahashi),
    }
    assert ids(look("sato", scope="mine")) == {tasks["me"].pk, tasks["nobody"].pk}
    assert ids(look("sato")) == {t.pk for t in tasks.values()}


def test_all_shows_what_i_only_support(look, cast):
    main, support = month(31), month(36)
    assert ids(look("sato")) == {main.pk}
    response = look("sato", scope="all")
    assert ids(response) == {main.pk, support.pk}
    assert "開く :No.36" in panel(response, "今日が期限")
    assert "完了にする :No.31" in panel(response, "今日が期限")


@pytest.fixture
def busy(cast, edition, holidays):
    """Something of everything."""
    make_task(9, period="2026-11-20", **due(-4))
    make_task(7, period="2026-11-19", **due(-5))
    make_task(9, **due(0))
    make_task(7, **done(cast))
    for organization in (cast.shiomi, cast.kirihara, cast.mizuno):
        make_task(8, organization)
        make_task(8, organization, period="2026-11-20", **due(-4))
    make_task(8, cast.shiomi, period="2026-11-19", **due(-5))
    month(29, cast.shiomi, n=-11, **done(cast))
    month(29, cast.kirihara, n=-11)
    returned = month(29, cast.mizuno, n=-11)
    Signature.objects.create(
        task=returned, position=1, team=cast.team["mizuno"], by=cast.hamanaka, at=at(9, on=day(-12))
    )
    month(30, n=-3)
    month(31, n=6)
    month(36, n=1)
    month(34, n=2)
    make_task(9, period="2026-11-25", period_on=day(1), **due(1))


PEOPLE = ("sato", "yamaguchi", "ogawa", "ishii", "ono", "makino", "hamanaka", "morishita")


@pytest.mark.parametrize("scope", ["mine", "team", "all"])
@pytest.mark.parametrize("login", PEOPLE)
def test_every_count_is_its_list(client, look, busy, login, scope):
    response = look(login, scope=scope)
    for count in response.context["counts"]:
        rows = client.get(count.url).context["table"].page.rows
        assert len(rows) == count.number, count
    for week in response.context["calendar"].weeks:
        for field in week:
            if field.url:
                assert len(client.get(field.url).context["table"].page.rows) == field.count


@pytest.mark.parametrize("login", ["sato", "morishita"])
def test_sections_hold_what_they_count(look, busy, login):
    response = look(login, scope="team" if login == "morishita" else "all")
    for section in response.context["sections"]:
        in_groups = sum(part.is_open for group in section.groups for part in group.parts)
        single = [row for row in section.rows if row.kind != "done"]
        if section.id != "overdue":  # a municipality that is late and due again stands in both groups
            assert section.count.startswith(f"{in_groups + len(single)}件")


def test_municipalities_stand_in_one_row(look, busy, cast):
    response = look("sato")
    page = panel(response, "期限超過")
    assert not ids(response) & set(Task.objects.filter(duty__number=29).values_list("pk", flat=True))
    assert "1/3 完了" in page
    assert "汐見市 完了 桐原市 超過 瑞野町 超過" in page
    assert "10開庁日" not in page


def test_a_signature_that_waits_for_me(look, client, busy, cast):
    response = look("sato")
    assert counts(response)["署名待ち"] == 1
    assert "No.29 瑞野町" not in panel(response, "期限超過")
    assert "オペレーション依頼書" in panel(response, "署名待ち")
    assert "瑞野町" in panel(response, "署名待ち")
    assert counts(look("hamanaka"))["署名待ち"] == 0
    own = panel(look("hamanaka"), "期限超過")
    assert "業務運用の署名待ち" in own
    assert "確認待ち 開く :No.29" in own  # somebody else's turn: nothing to sign, nothing red
    assert 'class="task over"' not in look("hamanaka").content.decode().split("No.29")[0]
    assert "超過 署名する :No.29" in panel(look("makino"), "期限超過")


def test_the_month(look, busy):
    response = look("sato", scope="all")
    weeks = response.context["calendar"].weeks
    days = {field.number: field for week in weeks for field in week if field.number}
    assert len(days) == 30
    assert days[23].closed == "勤労感謝の日"
    assert days[24].is_today and not days[24].is_late
    assert days[13].count == 3 and days[13].is_late  # No.29 of three municipalities
    assert days[24].count == 0  # daily work is left out
    assert "11/3(火) 文化の日、11/23(月) 勤労感謝の日" in text(response)
    assert days[13].url.endswith("cycle=periodic&due_from=2026-11-13&due_to=2026-11-13&scope=marked")


def test_the_flow_of_the_month(look, busy, cast):
    month(28, n=-15, **done(cast))
    flow = panel(look("sato"), "12月処理分の流れ")
    assert "No.28 月次処理計画・立案 完了" in flow
    assert re.search(r"No\.29 \S+ 1/3団体", flow)
    assert re.search(r"No\.30 \S+ 超過", flow)
    assert re.search(r"No\.31 \S+ 11/30\(月\)まで", flow)
    assert re.search(r"No\.32 \S+ 12/1\(火\)から No\.33 \S+ 12/1\(火\)から$", flow)
    assert panel(look("ishii"), "12月処理分の流れ") == ""
    assert "No.32" not in panel(look("ono"), "12月処理分の流れ")


def test_the_deadlines_of_a_municipality(look, busy, cast):
    lines = panel(look("makino"), "オペレーション依頼書")
    assert "No.29 12月分 超過 期限 11/13(金) 開く" in lines
    assert "1月分 開始前 12/4(金)から12/11(金)まで" in lines
    assert "12月分 完了" in panel(look("ono"), "オペレーション依頼書")
    assert "12月分 確認待ち 期限 11/13(金) 業務運用の署名待ち" in panel(
        look("hamanaka"), "オペレーション依頼書"
    )
    assert "業務運用の番" in panel(look("hamanaka"), "12月処理分の流れ")
    assert panel(look("sato"), "オペレーション依頼書") == ""


def test_what_waits_for_a_step_before_it(look, busy):
    row = panel(look("sato"), "今後5開庁日")
    assert "No.30の完了待ち" in row
    assert "先行待ち" in row


def test_empty_states_say_what_comes_next(look):
    month(31, n=20)
    response = look("sato")
    assert "期限を過ぎた作業はありません。" in panel(response, "期限超過")
    assert "今日が期限の作業は残っていません。 次の期限は12/14(月)です。" in panel(response, "今日が期限")
    assert "今後5開庁日に期限の作業はありません。 次の期限は12/14(月)です。" in panel(response, "今後5開庁日")
    assert "次の期限" not in text(look("ishii"))


def test_closing_in_the_row(look):
    task, signed = make_task(9), month(36)
    html = look("sato", scope="all").content.decode()
    assert f'hx-get="/tasks/{task.pk}/close/"' in html
    assert f'href="/tasks/{task.pk}/#close"' in html
    assert f'hx-get="/tasks/{signed.pk}/close/"' not in html


def test_several_teams_can_be_told_apart(look, cast):
    Membership.objects.create(user=cast.sato, team=cast.team["helpdesk"], starts_on=STARTED_ON)
    operations, helpdesk = month(31), month(34)
    assert ids(look("sato")) == {operations.pk, helpdesk.pk}
    assert ids(look("sato", team="helpdesk")) == {helpdesk.pk}
    assert ids(look("sato", team="nobody")) == {operations.pk, helpdesk.pk}
    assert [c["label"] for c in look("sato", team="helpdesk").context["teams"] if c["current"]] == [
        "ヘルプデスク"
    ]


def test_the_union_sees_who_is_late(look, busy):
    response = look("morishita")
    page = text(response)
    assert "全体の運用" in page
    teams = {team.name: team for team in response.context["team_lines"]}
    assert set(teams) == {
        "広域組合",
        "汐見市",
        "桐原市",
        "瑞野町",
        "ヘルプデスク",
        "業務運用",
        "パッケージ保守",
        "HW/NW保守",
    }
    assert [team.late for team in response.context["team_lines"]] == sorted(
        (team.late for team in teams.values()), reverse=True
    )
    assert teams["業務運用"].late == 5  # 9, 7, 30, and 29 of two municipalities
    assert teams["汐見市"].late == 2
    assert "No.29" in teams["桐原市"].worst
    assert counts(response)["期限超過"] == 9
    assert "No.36" in panel(response, "広域組合の作業") or counts(response)["広域組合の作業"] == 0


def test_numbers_of_teams_are_lists(client, look, busy):
    for team in look("morishita").context["team_lines"]:
        for url, number in (
            (team.late_url, team.late),
            (team.today_url, team.today),
            (team.upcoming_url, team.upcoming),
        ):
            assert len(client.get(url).context["table"].page.rows) == number, (team.name, url)


def test_municipalities_side_by_side(look, busy):
    page = panel(look("morishita"), "構成団体の状況")
    assert "対象 業務 期限 汐見市 桐原市 瑞野町 済" in page
    assert "12月分 No.29 オペレーション依頼書 11/13(金) 済 8:52 遅れ 6日 待ち 業務運用 1/3" in page
    assert "今日 No.8 クライアントPC 17:15 未 未 未 0/3" in page
    assert "遅れの件数 2 2 2 6" in page


def test_what_is_open_from_an_earlier_month_stays_beside_them(look, busy, cast):
    old = {"period": "2026-11", "period_on": date(2026, 11, 1), "opens_on": day(-60)}
    make_task(29, cast.shiomi, **old, **due(-40))
    make_task(29, cast.kirihara, **old, **due(-40), **done(cast))
    make_task(8, cast.shiomi, **due(-40))  # daily work of another day is no row
    page = panel(look("morishita"), "構成団体の状況")
    assert "11月分 No.29 オペレーション依頼書 10/15(木) 遅れ 26日 対象外 – 対象外 – 0/1" in page
    assert page.count("No.29") == 2 and page.count("No.8") == 1


def test_a_returned_signature_shows(look, busy, cast):
    Signature.objects.filter(position=1).update(void_at=at(9), void_reason="明細2の処理日")
    assert "遅れ 差戻し 6日" in panel(look("morishita"), "構成団体の状況")


def test_the_union_has_its_own_board(look, busy):
    response = look("morishita", scope="team")
    assert "今日の運用" in text(response)
    assert "No.36" in panel(response, "今後5開庁日")


def test_an_administrator_sees_no_task(look, busy):
    page = text(look("kubo"))
    assert "見られる作業はありません。" in page
    assert "管理画面を開く" in page
    assert "No.9" not in page


def test_somebody_without_a_team(client, cast, edition):
    Membership.objects.filter(user=cast.sato).update(ends_on=day(-1))
    client.force_login(cast.sato)
    page = text(client.get("/"))
    assert "今日、どの担当にも所属していません。" in page
    assert "管理画面" not in page


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ({"finished_at": at(9, 44)}, "作業の作成が 9:44 から動いていません。"),
        ({"finished_at": at(9, 46)}, ""),
        ({"finished_at": at(17, 0, day(-1))}, "作業の作成が 11/23(月) 17:00 から動いていません。"),
        ({"finished_at": None}, "作業はまだ一度も作成されていません。"),
        ({"finished_at": at(9, 57), "refused": 5000}, "一度に 5,000件は多すぎます。"),
        ({"finished_at": at(9, 57), "error": "ValueError: x"}, "作業の作成が失敗しました。"),
    ],
)
def test_cautions_of_generation(look, run, sentence):
    GenerationRun.objects.update(**run)
    page = text(look("ono"))
    assert sentence in page
    assert ("注意" in look("ono").content.decode()) == bool(sentence)


def test_missing_holidays(look, cast):
    from opsdesk.calendar.models import Holiday

    assert "祝日が登録されていません" not in text(look("morishita"))
    Holiday.objects.filter(on__gte=date(2027, 4, 1)).delete()
    for login in ("morishita", "kubo"):
        assert "令和9年度の祝日が登録されていません。" in text(look(login))
    assert "祝日が登録されていません" not in text(look("sato"))


# How much it asks


def sixty(cast):
    """57 more municipalities, each with a team."""
    for n in range(57):
        town = Organization.objects.create(
            code=f"town{n}",
            kind="member",
            name=f"第{n}町",
            short_name=f"第{n}町",
            position=10 + n,
            joined_on=STARTED_ON,
        )
        Team.objects.create(
            role=cast.role["member"], organization=town, name=town.short_name, starts_on=STARTED_ON
        )


def many(cast, periods):
    """Daily work of `periods` past days for each municipality, all open, and a month's chain."""
    towns = list(Organization.objects.filter(kind="member"))
    rows = []
    for number, organizations in ((7, [cast.union]), (9, [cast.union]), (8, towns)):
        duty_ = duty(number)
        for organization in organizations:
            for n in range(periods):
                period = {"period": day(-n).isoformat(), "period_on": day(-n), "opens_on": day(-n)}
                rows.append(
                    Task(
                        key=duty_.key,
                        duty=duty_,
                        organization=organization,
                        created_at=at(0),
                        **period,
                        **due(-n),
                    )
                )
    Task.objects.bulk_create(rows)
    for number in (28, 30, 31, 34, 36):
        month(number, n=number - 30)
    for town in towns:
        month(29, town, n=-2)


@pytest.mark.parametrize("size", [3, 15])
@pytest.mark.parametrize(
    ("login", "scope"),
    [
        ("sato", "mine"),
        ("sato", "team"),
        ("sato", "all"),
        ("ono", "team"),
        ("morishita", "all"),
        ("morishita", "team"),
    ],
)
def test_statements(look, client, cast, django_assert_max_num_queries, login, scope, size):
    if size > 3:
        sixty(cast)
    many(cast, size)
    look(login, scope=scope)  # what a process keeps: eras, the outline of the edition, the union's name
    with django_assert_max_num_queries(BUDGET):
        response = client.get("/", {"scope": scope})
    assert len(ids(response)) <= 170


def test_a_long_list_is_capped(look, cast):
    for n in range(60):
        on = day(-1 - n)
        make_task(9, period=on.isoformat(), period_on=on, **due(-1 - n))
    response = look("sato")
    assert counts(response)["期限超過"] == 60
    assert len(ids(response)) == 50
    assert "ほか 10件を一覧で見る" in panel(response, "期限超過")


def test_the_outline_is_asked_once(edition, django_assert_num_queries):
    outline = outline_of(edition.pk)
    with django_assert_num_queries(0):
        assert outline_of(edition.pk) is outline
    chain = outline.chain("monthly", 30)
    assert [outline.keys[key].number for key in chain] == [28, 29, 30, 31, 32, 33]
    assert outline.keys[chain[0]].section == "業務処理(年次・月次・随時)"
    assert outline.chain("monthly", 7) == ()


def test_instants_are_tokyo(look, cast):
    """23:30 of yesterday in Tokyo is not today, whatever UTC says."""
    make_task(9, period="2026-11-20", **due(-4), **{})
    Task.objects.update(due_at=datetime(2026, 11, 23, 23, 30, tzinfo=TOKYO), due_on=day(-1))
    assert counts(look("sato"))["期限超過"] == 1


def test_open_work_on_closed_days_is_said(look, cast, client, django_assert_max_num_queries):
    """On the union's dashboard, counted with the rest: for all, of one municipality, and where one opened."""
    ClosedDay.objects.create(on=day(2), name="庁舎停電")
    ClosedDay.objects.create(on=day(3), organization=cast.shiomi, name="市制記念日")
    OpenDay.objects.create(on=day(2), organization=cast.kirihara, name="臨時開庁")
    make_task(9, **due(2))
    make_task(9, period="x", state="skipped", **due(2))
    for town in (cast.shiomi, cast.kirihara, cast.mizuno):
        make_task(8, town, **due(2))
        make_task(8, town, period="y", **due(3))
    words = "休庁日に期限がある未完了の作業が 4件あります。"
    assert words in look("morishita").content.decode()
    with django_assert_max_num_queries(BUDGET):
        assert "/closed-days/tasks/" in client.get("/").content.decode()
    for login, scope in (("morishita", "team"), ("sato", "all")):
        assert "休庁日に期限がある" not in look(login, scope=scope).content.decode()
    listed = look("morishita").wsgi_request.user
    days = list(ClosedDay.objects.select_related("organization"))
    assert displaced.due_on_closed(Task.objects.visible_to(listed, TODAY), days).count() == 4
