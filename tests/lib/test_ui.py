"""The small parts: each says by word and shape what it means, and what comes from people is escaped."""

import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from opsdesk.environment import BASE_DIR
from opsdesk.lib.templatetags import ui

SPRITE = (BASE_DIR / "opsdesk/static/img/sprite.svg").read_text()


def test_it_works():
    assert ui.mark("main") == '<span class="mark mark-p" role="img" aria-label="主担当">◎</span>'
    assert ui.cycle("daily") == '<span class="cyc cyc-d">日次</span>'
    assert ui.pill("wait", "確認待ち") == '<span class="pill pill-wait">確認待ち</span>'
    assert ui.pill("", "未着手") == '<span class="pill">未着手</span>'


@pytest.mark.parametrize(
    ("code", "sign", "name"), [("support", "○", "支援担当"), ("related", "△", "関連担当")]
)
def test_marks_are_spoken(code: str, sign: str, name: str):
    assert f'aria-label="{name}">{sign}<' in ui.mark(code)


def test_nothing_draws_nothing():
    assert ui.mark("") == ui.mark(None) == ui.cycle(None) == ""


def test_an_unknown_code_is_an_error():
    for call in (lambda: ui.mark("x"), lambda: ui.cycle("x")):
        with pytest.raises(KeyError):
            call()
    with pytest.raises(ValueError, match="no such pill"):
        ui.pill("red", "x")


def test_words_from_people_are_escaped():
    assert "<b>" not in ui.pill("bad", "<b>x</b>")
    assert "<b>" not in ui.icon("<b>")


def test_marks_follow_the_language():
    with translation.override("en"):
        english = ui.mark("main")
    assert ui.mark("main") == '<span class="mark mark-p" role="img" aria-label="主担当">◎</span>'
    assert "◎" in english


@pytest.mark.parametrize(("done", "total", "width"), [(9, 12, 75), (0, 0, 0), (1, 3, 33), (5, 5, 100)])
def test_bar(done: int, total: int, width: int):
    assert f'<rect width="{width}" height="10" class="pb-f"/>' in ui.bar(done, total)
    assert f"<span>{done}/{total}</span>" in ui.bar(done, total)


@pytest.mark.parametrize(("number", "text"), [(1234567, "1,234,567"), (0, "0"), (None, "—"), ("", "—")])
def test_nums(number: object, text: str):
    assert ui.nums(number) == text


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = {
        name
        for path in (BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r"{% icon [\"'](\w+)[\"'] %}", path.read_text())
    }
    there = set(re.findall(r'<symbol id="i-(\w+)"', SPRITE))
    assert named, "no icon found: the pattern is wrong"
    assert named - there == set()


class Form(forms.Form):
    name = forms.CharField(label="名称", help_text="正式な名称")
    note = forms.CharField(label="備考", required=False)
    kind = forms.ChoiceField(
        label="区分", choices=[("a", "正常"), ("b", "異常あり")], widget=forms.RadioSelect
    )


def field(name: str, data: dict | None = None) -> str:
    return render_to_string("ui/_field.html", {"field": Form(data)[name]})


def test_a_field_says_what_is_asked():
    html = field("name")
    assert '<label for="id_name">名称<span class="req">※必須</span>' in html
    assert '<p class="hint" id="id_name_helptext">正式な名称</p>' in html
    assert 'class="in"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert '<span class="opt">任意</span>' in field("note")


def test_a_wrong_field_says_what_is_wrong():
    html = field("name", {})
    assert 'aria-invalid="true"' in html
    assert re.search(r'id="id_name_error">\s*<p class="err">.*このフィールドは必須です。', html, re.DOTALL)


def test_a_password_does_not_offer_what_is_not_there():
    class Password(forms.Form):
        password = forms.CharField(
            help_text="パスワードをお忘れですか?",
            widget=forms.PasswordInput({"autocomplete": "current-password", "placeholder": "パスワード"}),
        )

    html = render_to_string("ui/_password.html", {"field": Password()["password"]})
    assert "お忘れ" not in html and "aria-describedby" not in html and "placeholder" not in html
    assert 'data-show="id_password"' in html


def test_radios_are_a_group():
    html = field("kind")
    assert "<fieldset" in html and "<legend>区分" in html and html.count('type="radio"') == 2


def test_the_error_summary_links_to_the_fields():
    html = render_to_string("ui/_errors.html", {"form": Form({})})
    assert 'href="#id_name"' in html and "名称: このフィールドは必須です。" in html and "data-focus" in html
    assert render_to_string("ui/_errors.html", {"form": Form()}).strip() == ""


def test_another_order_begins_at_the_first_page():
    table = SimpleNamespace(
        request=RequestFactory().get("/tasks/", {"state": "open", "page": "x", "sort": "no"}),
        prefixed_order_by_field="sort",
    )
    column = SimpleNamespace(order_by_alias=SimpleNamespace(next="-no"))
    assert ui.sort_by(table, column) == "?state=open&sort=-no"
