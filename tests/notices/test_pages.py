"""The bell, its list, what a person wants by mail, and the outbox."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import transaction
from openpyxl import load_workbook

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import entry
from opsdesk.notices import relay
from opsdesk.notices.models import Delivery, Notice, Setting
from opsdesk.notices.outbox import tell
from tasks import progress, telling
from tests.make import at, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten():
    with time_machine.travel(at(10), tick=False):
        yield


def tell_about(task, *people, when=None, key="k", code="task.opened", is_urgent=False):
    with transaction.atomic():
        data = {
            "number": 9,
            "work": "日常点検",
            "period": "11/24(火)",
            "organization": "",
            "due": "11/24(火)",
        }
        tell(
            code, [p.pk for p in people], obj=task, at=when or at(9), key=key, data=data, is_urgent=is_urgent
        )  # fmt: skip


@pytest.fixture
def notice(cast, edition):
    """One of 佐藤, about a task; and one of 大野."""
    tell_about(make_task(9), cast.sato, cast.ono)
    return Notice.objects.get(person=cast.sato)


def test_the_bell_counts_without_a_statement(client, cast, edition, django_assert_max_num_queries):
    client.force_login(cast.sato)
    client.get("/notices/settings/")
    with django_assert_max_num_queries(4) as before:
        assert "件 未読" not in client.get("/notices/settings/").content.decode()
    for number in range(3):
        tell_about(make_task(9, period_on=at().date() - timedelta(number)), cast.sato, key=f"{number}")
    with django_assert_max_num_queries(len(before.captured_queries)):
        assert '<b>3<span class="vh">件 未読</span></b>' in client.get("/notices/settings/").content.decode()
    Notice.objects.bulk_create(
        Notice(person=cast.sato, key=f"x{n}", code="x", object_type="x", object_id="1", created_at=at())
        for n in range(100)
    )
    assert "<b>99+<" in client.get("/notices/settings/").content.decode()


def test_opening_is_reading(client, cast, notice):
    client.force_login(cast.sato)
    page = client.get("/notices/").content.decode()
    assert (
        f'formaction="/notices/{notice.pk}/open/"' in page and "始まりました: No.9 日常点検 11/24(火)" in page
    )
    assert "期限 11/24(火)" in page and 'class="unread"' in page
    url = f"/notices/{notice.pk}/open/"
    assert client.get(url).url == "/notices/"
    notice.refresh_from_db()
    assert notice.read_at is None, "GET changes nothing"
    assert client.post(url).url == f"/tasks/{notice.object_id}/"
    notice.refresh_from_db()
    assert notice.read_at == at(10)
    assert "未読の通知はありません。" in client.get("/notices/").content.decode()
    page = client.get("/notices/?state=all").content.decode()
    assert "始まりました" in page and "既読" in page
    with time_machine.travel(at(11), tick=False):
        client.post(url)
    notice.refresh_from_db()
    assert notice.read_at == at(10), "the first time counts"


def test_all_read_and_nobody_elses(client, cast, notice):
    other = Notice.objects.get(person=cast.ono)
    client.force_login(cast.sato)
    assert client.post(f"/notices/{other.pk}/open/").status_code == 404
    assert client.get("/notices/read/").status_code == 302 and Notice.objects.unread().count() == 2
    assert "1件を既読にしました。" in client.post("/notices/read/", follow=True).content.decode()
    assert list(Notice.objects.unread()) == [other]
    for url in ("/notices/", "/notices/outbox/"):
        assert client.post(url).status_code in (403, 405)
    client.logout()
    assert client.get("/notices/").url == "/accounts/login/?next=/notices/"


def test_an_urgent_one_says_so_and_an_unknown_one_shows_its_code(client, cast, edition):
    tell_about(make_task(9), cast.sato, is_urgent=True)
    tell_about(make_task(9, period_on=at().date() - timedelta(1)), cast.sato, key="o", code="gone.code")
    client.force_login(cast.sato)
    page = client.get("/notices/").content.decode()
    assert "至急" in page and "gone.code" in page
    unknown = Notice.objects.get(code="gone.code")
    assert client.post(f"/notices/{unknown.pk}/open/").url == "/notices/"


@pytest.mark.parametrize("count", [1, 120])
def test_the_list_grows_without_statements(client, cast, edition, django_assert_max_num_queries, count):
    task = make_task(9)
    for number in range(count):
        tell_about(task, cast.sato, key=f"{number}", when=at(8, number // 60))
    client.force_login(cast.sato)
    client.get("/notices/")
    with django_assert_max_num_queries(6):
        page = client.get("/notices/").content.decode()
    assert page.count("<tr class=") == min(count, 50) and ("次の50件" in page) == (count > 50)
    book = load_workbook(BytesIO(client.get("/notices/?export=xlsx").getvalue()))
    cells = [row for row in book.active.iter_rows(values_only=True) if "未読" in row]
    assert len(cells) == count and cells[0][2] == "始まりました: No.9 日常点検 11/24(火) 期限 11/24(火)"


def test_what_i_want_by_mail(client, cast, edition):
    client.force_login(cast.ono)
    page = client.get("/notices/settings/").content.decode()
    assert "メールサーバが設定されていないため" in page and "メールアドレスが登録されていません。" in page
    assert 'value="all" id="f-mail-all" checked' in page
    answer = client.post("/notices/settings/", {"mail": "digest"}, follow=True)
    assert "通知の設定を保存しました。" in answer.content.decode()
    assert 'value="digest" id="f-mail-digest" checked' in answer.content.decode()
    event = Event.objects.about(cast.ono).get()
    assert (event.stream, entry(event).title) == (
        "shiomi",
        "通知のメールを「朝のまとめと至急だけ」に変えました",
    )
    client.post("/notices/settings/", {"mail": "digest"})
    assert Event.objects.about(cast.ono).count() == 1
    wrong = client.post("/notices/settings/", {"mail": "x"})
    assert wrong.status_code == 422 and "受け取り方を選んでください。" in wrong.content.decode()
    assert Setting.objects.get().mail == "digest"


@pytest.fixture
def dead(cast, edition, post):
    """Two letters, one of them refused."""
    post.answer = lambda address: "550 gone" if address.startswith("ono") else ""
    tell_about(make_task(9), cast.sato, cast.ono)
    relay.relay(lambda: at(9))
    return Delivery.objects.get(person=cast.ono)


def test_the_outbox_shows_whom_and_why_not_what(client, cast, post, dead):
    client.force_login(cast.kubo)
    page = client.get("/notices/outbox/").content.decode()
    assert "宛先が断られました（550 gone）" in page and "ono@example.test" in page and "大野 千尋" in page
    assert "日常点検" not in page, "content is not for administrators"
    assert 'name="only"' in page and "送れなかった 1件をすべて送り直す" in page
    assert "佐藤 美咲" not in client.get("/notices/outbox/?state=dead").content.decode()
    exported = client.get("/notices/outbox/?export=xlsx")
    assert "日常点検" not in str(list(load_workbook(BytesIO(exported.getvalue())).active.values))
    post.answer = lambda address: ""
    answer = client.post("/notices/outbox/send/", {"only": dead.pk}, follow=True)
    assert "1件を送り直します。" in answer.content.decode()
    relay.relay(lambda: at(10))
    dead.refresh_from_db()
    assert dead.state == "sent" and Event.objects.about(cast.kubo).get().data == {"count": 1}
    for data in ({"only": dead.pk}, {"only": "x"}, {"all": "1"}, {}):
        assert client.post("/notices/outbox/send/", data).status_code == 409
    assert client.get("/notices/outbox/send/").url == "/notices/outbox/"


def test_the_outbox_is_for_administrators_and_the_union(client, cast, edition):
    for person, status in (("kubo", 200), ("morishita", 200), ("sato", 403), ("ono", 403)):
        client.force_login(getattr(cast, person))
        page = client.get("/notices/outbox/")
        assert page.status_code == status
        assert client.post("/notices/outbox/send/", {"all": "1"}).status_code == (
            409 if status == 200 else 403
        )
        if status == 200:
            assert "いまはメールを送っていません" in page.content.decode()


def test_what_waits_too_long_is_told(client, cast, edition, post, dead, django_assert_max_num_queries):
    def says(person):
        client.force_login(getattr(cast, person))
        return client.get("/").content.decode()

    assert "送れなかった通知のメールが 1件あります。" in says("morishita")
    tell_about(make_task(8, cast.shiomi), cast.sato, key="late", when=at(9, 44))
    assert "9:44 から送られていません" in says("morishita") and "9:44 から送られていません" in says("kubo")
    assert "から送られていません" not in says("sato")
    assert "9:44 に送るはずのメール" in client.get("/notices/outbox/").content.decode() or says("kubo")
    client.force_login(cast.kubo)
    with django_assert_max_num_queries(6):
        assert "9:44 に送るはずのメールが" in client.get("/notices/outbox/").content.decode()


@pytest.mark.parametrize("person", ["morishita", "sato", "ono"])
def test_the_dashboard_keeps_its_budget_where_mail_is_sent(
    client, cast, edition, holidays, post, dead, django_assert_max_num_queries, person
):
    client.force_login(getattr(cast, person))
    client.get("/")
    with django_assert_max_num_queries(14):
        client.get("/")


def test_telling_takes_few_statements(cast, edition, post, django_assert_max_num_queries):
    """Two to find the readers, one for the bell, three for the letters."""
    written = progress.comment(make_task(9), text="x", by=cast.ono, team=cast.team["shiomi"], at=at(9))
    Notice.objects.all().delete()
    Delivery.objects.all().delete()
    with django_assert_max_num_queries(6):
        telling.commented(written.task, written, by=cast.ono, at=at(9))
    assert Delivery.objects.count() == Notice.objects.count() == 2
