"""200,000 inquiries of ten years: a case and its reception each, closed, with what the search reads.

`build(count)` fills the database of the test; a municipality asks the oftener the earlier it stands."""

import random
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from helpdesk.models import Inquiry
from opsdesk.accounts.models import Organization, Team, User
from raci.fixture import load
from raci.models import Duty
from tasks import indexing
from tasks.models import Case, Concern, SearchText, Task
from tests.bench.world import people
from tests.cast import make_user

BEGAN = datetime(2016, 4, 1, tzinfo=UTC)
EVERY = timedelta(minutes=26)
CHUNK = 5000
# fmt: off
NOUNS = [
    "印刷", "プリンタ", "住民票", "証明書", "税務システム", "納税通知書", "パスワード", "ログイン",
    "画面", "帳票", "回線", "サーバ", "端末", "バックアップ", "外字", "宛名", "戸籍", "国保",
    "介護保険", "選挙", "マイナンバー", "電子公印", "収納", "口座振替", "税率改定", "年末調整",
    "控除", "様式", "連携", "検索",
]
VERBS = [
    "ができない", "が遅い", "がエラーになる", "の設定を変更したい", "の手順を知りたい",
    "が表示されない", "が二重に出る", "の再発行について", "の日程を確認したい", "で止まる",
]
# fmt: on
OFTEN = [1 / (n + 1) for n in range(len(NOUNS))]


def build(count):
    """The smallest municipality has the login "small"; 稀語 is one in 40,000, 旧庁舎 the oldest 5%."""
    teams = people()
    load(in_force_on=date(2015, 4, 1), by=None, at=datetime(2015, 3, 1, tzinfo=UTC))
    members = list(Organization.objects.filter(kind="member").order_by("position"))
    make_user("small", team=Team.objects.get(organization=members[-1]), starts_on=date(2010, 4, 1))
    of = {
        "entry": Duty.objects.get(number=54),
        "union": Organization.objects.get(kind="union"),
        "by": User.objects.get(login="operations"),
        "team": teams["helpdesk"],
    }
    chance = random.Random(7)
    for first in range(1, count + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, count + 1))
        cases = [_case(n, count, members[int(60 * chance.random() ** 2)], chance, **of) for n in numbers]
        tasks = [_task(case, chance, of["union"]) for case in cases]
        Case.objects.bulk_create(cases)
        Concern.objects.bulk_create(Concern(case=case, organization=case.reporter) for case in cases)
        Task.objects.bulk_create(tasks)
        rows = [*map(indexing.of_case, cases), *map(indexing.of_task, tasks)]
        SearchText.objects.bulk_create(rows, batch_size=CHUNK)
        Inquiry.objects.bulk_create([_inquiry(case, chance) for case in cases])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _case(n, count, reporter, chance, *, entry, union, by, team):
    at = BEGAN + n * EVERY
    year = at.year - (at.month < 4)
    title = chance.choices(NOUNS, OFTEN)[0] + chance.choice(VERBS)
    title += ("旧庁舎" if n <= count // 20 else "") + ("稀語" if n % 40_000 == 17 else "")
    return Case(
        pk=n,
        kind="inquiry",
        fiscal_year=year,
        serial=n,
        number=f"INQ-R{year - 2018}-{n:04}",
        title=title,
        entry=entry,
        state="closed",
        reporter=reporter,
        raised_at=at,
        raised_by=by,
        raised_for=team,
        closed_at=at,
    )


def _inquiry(case, chance):
    return Inquiry(
        case=case,
        channel=chance.choice(("phone", "fax", "mail", "screen")),
        organization=case.reporter,
        caller="人",
        received_at=case.raised_at,
        is_first_answer=True,
        is_waiting=False,
        answered_at=case.raised_at,
        category=chance.choice(("操作", "不具合", "要望", "その他", "")),
    )


def _task(case, chance, union):
    at = case.raised_at
    words = "、".join(chance.choices(NOUNS, OFTEN, k=3))
    said = (
        f"{words}の件。{chance.choice(NOUNS)}{chance.choice(VERBS)}。{case.pk % 9973}番の端末を再起動した。"
    )
    return Task(
        key=case.entry.key,
        duty=case.entry,
        organization=union,
        case=case,
        period=f"C{case.pk}",
        period_on=at.date(),
        opens_on=at.date(),
        due_on=at.date(),
        due_at=at,
        created_at=at,
        state="done",
        done_on=at.date(),
        closed_at=at,
        remark=said,
    )
