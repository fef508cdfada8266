"""progress.revise: a new version without reopening, the old one kept, acknowledged anew; the pages."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Acknowledgement, Publication, Task
from tasks.wishes import open_wishes
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
MONTH = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}
YEAR = {"period": "FY2027", "period_on": date(2027, 4, 1), "opens_on": date(2026, 11, 2)}


def desk(cast, hour=9, **given):
    return {"by": cast.sato, "team": cast.team["operations"], "at": at(hour), **given}


def union(cast, hour=9, **given):
    return {"by": cast.morishita, "team": cast.team["union"], "at": at(hour), **given}


def attach(task, key, name="計画.xlsx", **common):
    return task.attachments.create(field_key=key, name=name, content_type="x", size=1, sha256="0", **common)


@pytest.fixture
def plan(cast, edition):
    task = make_task(28, **MONTH)
    attach(task, "monthly_plan", **desk(cast))
    return progress.close(task, answers={"remarks": "はじめ"}, **desk(cast))


def revise(task, cast, hour=11, **given):
    return progress.revise(
        task, **{"answers": {"remarks": "直した"}, "reason": "処理日の変更", **desk(cast, hour), **given}
    )


def test_it_works(cast, plan):
    progress.acknowledge(plan, by=cast.ono, team=cast.team["shiomi"], at=at(10))
    second = revise(plan, cast)
    task, first = Task.objects.get(pk=plan.pk), Publication.objects.get(task=plan, version=1)
    assert (task.state, task.answers, task.version) == ("done", {"remarks": "直した"}, plan.version + 1)
    assert (task.closed_at, task.closed_by) == (at(9), cast.sato)
    assert (second.version, second.is_current, second.answers) == (2, True, {"remarks": "直した"})
    assert (second.reason, second.published_at) == ("処理日の変更", at(11))
    assert (first.is_current, first.answers, first.withdrawn_at) == (False, {"remarks": "はじめ"}, None)
    assert first.acknowledgements.filter(acknowledged_at=at(10)).count() == 1
    assert Acknowledgement.objects.missing(TODAY).count() == 3  # anew
    event = Event.objects.about(plan).first()
    assert (event.code, event.data["version"], event.data["fields"]) == ("task.revised", 2, ["特記事項"])


def test_a_new_file_takes_the_place_of_its_fields_old_one(cast, plan):
    old = plan.attachments.get()
    new = attach(plan, "monthly_plan", "計画2.xlsx", **desk(cast, 11))
    beside = attach(plan, "", "議事録.pdf", **desk(cast, 11))
    assert revise(plan, cast, answers={}).files == [new.pk, beside.pk]
    assert Publication.objects.get(task=plan, version=1).files == [old.pk]
    third = revise(plan, cast, 12, answers={"remarks": "三"})
    assert third.files == [new.pk, beside.pk]


def test_what_others_attach_is_not_published(cast, plan):
    town = {"by": cast.ono, "team": cast.team["shiomi"], "at": at(11)}
    attach(plan, "", "意見.pdf", **town)
    attach(plan, "monthly_plan", "偽.xlsx", **town)
    attach(plan, "", "監視.pdf", audience="internal", **desk(cast, 11))
    assert revise(plan, cast).files == [plan.attachments.get(name="計画.xlsx").pk]


def test_a_required_file_can_not_be_lost(cast, plan):
    progress.withdraw(plan.attachments.get(), reason="誤り", **desk(cast, 10))
    with pytest.raises(Refusal) as refused:
        revise(plan, cast)
    assert "monthly_plan" in refused.value.errors


def test_a_reason_is_needed(cast, plan):
    with pytest.raises(Refusal) as refused:
        revise(plan, cast, reason=" ")
    assert "reason" in refused.value.errors
    assert Task.objects.get(pk=plan.pk).answers == {"remarks": "はじめ"}


def test_nothing_changed_is_no_version(cast, plan):
    with pytest.raises(Refusal, match="変わったところがありません"):
        revise(plan, cast, answers={"remarks": "はじめ"})
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("person, team", [("ono", "shiomi"), ("yamaguchi", "helpdesk"), ("ogawa", "package")])
def test_only_the_main_mark_revises(cast, plan, person, team):
    with pytest.raises(PermissionDenied):
        revise(plan, cast, by=getattr(cast, person), team=cast.team[team])


def test_the_union_revises_for_it_and_is_named(cast, plan):
    assert revise(plan, cast, by=cast.morishita).is_proxy
    assert Event.objects.about(plan).first().data["proxy"] is True


def test_two_at_once_one_is_told(cast, plan):
    revise(plan, cast, version=plan.version)
    with pytest.raises(Refusal, match="佐藤 美咲"):
        revise(plan, cast, by=cast.takahashi, version=plan.version, answers={"remarks": "別"})


def test_an_open_task_is_not_revised(cast, edition):
    with pytest.raises(Refusal, match="公開された結果がない"):
        revise(make_task(28, **MONTH), cast)


# --- wishes: No.39 of No.38 ------------------------------------------------------------------------------


@pytest.fixture
def wished(cast, edition):
    """38 closed by the union, 汐見市 wishes a change, 桐原市 does not, 瑞野町 has not said."""
    task = make_task(38, **YEAR)
    attach(task, "yearly_schedule", **union(cast))
    task = progress.close(task, answers={}, **union(cast))
    wish = make_task(39, cast.shiomi, **YEAR)
    ono = {"by": cast.ono, "team": cast.team["shiomi"], "at": at(10)}
    progress.close(wish, answers={"adjustment": "変更希望", "wish": "7月の納付書を6月に"}, **ono)
    none = make_task(39, cast.kirihara, **YEAR)
    makino = {"by": cast.makino, "team": cast.team["kirihara"], "at": at(10)}
    progress.close(none, answers={"adjustment": "希望なし"}, **makino)
    make_task(39, cast.mizuno, **YEAR)
    return task, wish


def test_a_revision_settles_wishes(cast, wished):
    task, wish = wished
    lines = {"lines": [{"form": "納付書", "print_month": "2027-06"}]}
    other = Task.objects.get(key=39, organization=cast.kirihara)
    second = progress.revise(
        task, answers=lines, reason="汐見市の希望", settles=[wish.pk, other.pk, 999], **union(cast, 11)
    )
    assert second.settles == [wish.pk]
    third = progress.revise(task, answers={"lines": []}, reason="x", settles=[wish.pk], **union(cast, 12))
    assert third.settles == []


def test_open_wishes_are_settled_once(cast, wished):
    task, wish = wished
    assert [t.pk for t in open_wishes(task)] == [wish.pk]
    lines = {"lines": [{"form": "納付書"}]}
    progress.revise(task, answers=lines, reason="x", settles=[wish.pk], **union(cast, 11))
    assert open_wishes(task) == []


# --- the pages ------------------------------------------------------------------------------------------


@pytest.fixture
def ask(client, cast):
    with time_machine.travel(at(12), tick=False):

        def go(login, path, data=None):
            client.force_login(getattr(cast, login))
            return client.get(path) if data is None else client.post(path, data)

        yield go


def test_the_page(ask, cast, plan, holidays):
    text = ask("sato", f"/tasks/{plan.pk}/").content.decode()
    assert f'href="/tasks/{plan.pk}/revise/"' in text
    form = ask("sato", f"/tasks/{plan.pk}/revise/")
    assert form.status_code == 200 and "はじめ" in form.content.decode()
    data = {"f-remarks": "直した", "version": plan.version, "reason": ""}
    refused = ask("sato", f"/tasks/{plan.pk}/revise/", data)
    assert refused.status_code == 422 and "改訂の理由を入力してください。" in refused.content.decode()
    assert "直した" in refused.content.decode()
    answer = ask("sato", f"/tasks/{plan.pk}/revise/", {**data, "reason": "処理日"})
    assert (answer.status_code, answer.url) == (302, f"/tasks/{plan.pk}/")
    text = ask("ono", f"/tasks/{plan.pk}/").content.decode()
    assert "第2版" in text and "処理日" in text and f"/tasks/{plan.pk}/versions/1/" in text
    old = ask("ono", f"/tasks/{plan.pk}/versions/1/").content.decode()
    assert "はじめ" in old and "直した" not in old and "改訂されました" in old and "計画.xlsx" in old


def test_a_file_of_the_form_replaces_the_old_one(ask, cast, plan, holidays):
    upload = SimpleUploadedFile("計画2.txt", "二".encode())
    data = {"f-remarks": "はじめ", "version": plan.version, "reason": "x", "file-monthly_plan": upload}
    assert ask("sato", f"/tasks/{plan.pk}/revise/", data).status_code == 302
    text = ask("ono", f"/tasks/{plan.pk}/").content.decode()
    assert text.count("計画2.txt") == 3  # its field, the list of all files, the history
    assert text.count("計画.xlsx") == 1  # only the list
    assert "計画.xlsx" in ask("ono", f"/tasks/{plan.pk}/versions/1/").content.decode()


def test_a_stale_form_is_told_and_keeps_what_was_typed(ask, cast, plan, holidays):
    revise(plan, cast)
    data = {"f-remarks": "別の案", "version": plan.version, "reason": "x"}
    answer = ask("takahashi", f"/tasks/{plan.pk}/revise/", data)
    assert answer.status_code == 409
    assert "佐藤 美咲" in answer.content.decode() and "別の案" in answer.content.decode()


def test_one_more_line_without_script(ask, cast, wished, holidays):
    task, _wish = wished
    data = {"add-line": "lines", "f-lines-0-form": "納付書", "version": task.version}
    text = ask("morishita", f"/tasks/{task.pk}/revise/", data).content.decode()
    assert 'name="f-lines-2-form"' in text and "納付書" in text
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    "login, status",
    [("ono", 403), ("morishita", 403), ("ogawa", 404), ("kubo", 403), ("takahashi", 200)],
)
def test_doors(ask, cast, plan, holidays, login, status):
    assert ask(login, f"/tasks/{plan.pk}/revise/").status_code == status


def test_the_union_for_it(ask, cast, plan, holidays):
    assert "代行して改訂する" in ask("morishita", f"/tasks/{plan.pk}/").content.decode()
    assert ask("morishita", f"/tasks/{plan.pk}/revise/?proxy=1").status_code == 200
    data = {"f-remarks": "代わりに", "version": plan.version, "reason": "急ぎ", "proxy": "1"}
    assert ask("morishita", f"/tasks/{plan.pk}/revise/", data).status_code == 302
    publication = Publication.objects.get(is_current=True)
    assert publication.is_proxy and publication.published_for == cast.team["operations"]


def test_versions_of_others_and_of_nothing(ask, cast, plan, holidays):
    assert ask("yamaguchi", f"/tasks/{plan.pk}/versions/1/").status_code == 404
    assert ask("kubo", f"/tasks/{plan.pk}/versions/1/").status_code == 403
    assert ask("sato", f"/tasks/{plan.pk}/versions/2/").status_code == 404


def test_wrong_method(client, ask, cast, plan):
    ask("sato", "/")
    assert client.put(f"/tasks/{plan.pk}/revise/").status_code == 405
    assert client.post(f"/tasks/{plan.pk}/versions/1/").status_code == 405


def test_wishes_stand_on_the_page_to_those_who_may_read_them(ask, cast, wished, holidays):
    task, wish = wished
    for login in ("morishita", "sato", "ono"):
        text = ask(login, f"/tasks/{task.pk}/").content.decode()
        assert "変更希望" in text and "7月の納付書を6月に" in text and "未対応" in text, login
    assert "納付書" not in ask("makino", f"/tasks/{task.pk}/").content.decode()
    form = ask("morishita", f"/tasks/{task.pk}/revise/").content.decode()
    assert f'name="settles" value="{wish.pk}"' in form and "checked" in form
    data = {"f-lines-0-form": "納付書", "version": task.version, "reason": "希望", "settles": wish.pk}
    assert ask("morishita", f"/tasks/{task.pk}/revise/", data).status_code == 302
    text = ask("ono", f"/tasks/{task.pk}/").content.decode()
    assert "第2版で対応" in text and "未対応" not in text
