"""Templates with their constant parts folded say what they said, and are drawn anew where they must be."""

from contextlib import contextmanager

import pytest
from django.template import Context, Template, TemplateDoesNotExist, engines
from django.template.base import TextNode
from django.template.defaulttags import IfNode
from django.template.loader import get_template
from django.urls import NoReverseMatch, get_script_prefix, set_script_prefix
from django.utils.translation import override

from opsdesk.lib.constant import Constant, Loader, Numbered, beneath, fold

TEXTS = [
    "a",
    "{% load i18n %}{% translate '必須' %}",
    "{% load i18n static ui %}<b>{% translate '結果' %}</b> {% icon 'alert' %}{% static 'css/task.css' %}",
    "{% load i18n %}{% blocktranslate %}<i>全部</i>{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate with n=x %}{{ n }}件{% endblocktranslate %}",
    "{% load i18n %}{% translate '名前' as word %}[{{ word }}]",
    "{% load i18n %}{% translate html %}{% translate '<p>' %}{% translate '10%' %}",
    "{% url 'tasks:list' %}?a={{ x }}&amp;b",
    "{% url 'tasks:detail' x %}|{% url 'tasks:detail' 7 %}|{% url 'tasks:detail' pk=x %}",
    "{% url 'tasks:list' as there %}{{ there }}",
    "{% if y %}{% url 'tasks:list' %}{% elif x %}<{% url 'tasks:detail' x %}>{% else %}-{% endif %}",
    "{% for n in rows %}{% url 'tasks:detail' n %} {% empty %}{% url 'tasks:list' %}{% endfor %}",
    "{% autoescape off %}{% url 'tasks:detail' x %}{{ html }}{% endautoescape %}{{ html }}",
    "{% comment %}x{% endcomment %}{% load ui %}{% icon name %}{% icon 'bell' %}",
    "{% block a %}{% url 'tasks:list' %}{% endblock %}",
    "{% include 'ui/_crumbs.html' with crumbs=crumbs only %}{% include 'ui/_crumbs.html' %}",
    "{% include part %}{% include part|lower with crumbs=crumbs %}",
]
VALUES = {
    "x": 5,
    "y": "",
    "rows": [1, 2],
    "html": "<p>",
    "name": "user",
    "crumbs": [("a", "/a/"), ("b", "")],
    "part": "ui/_crumbs.html",
}


def made(text):
    plain, folded = (Template(text, engine=engines["django"].engine) for _each in range(2))
    fold(folded.nodelist)
    return plain, folded


@pytest.mark.parametrize("text", TEXTS)
def test_a_folded_template_says_the_same(text):
    plain, folded = made(text)
    for _again in range(2):
        assert folded.render(Context(VALUES)) == plain.render(Context(VALUES))


def test_words_and_addresses_become_one_piece():
    _plain, folded = made(
        "{% load i18n ui %}<b>{% translate '結果' %}</b>{% icon 'x' %}{% url 'tasks:list' %}"
    )
    assert [type(node) for node in folded.nodelist] == [Constant]
    _plain, folded = made("a{% if x %}<i>{% url 'tasks:detail' x %}</i>{% endif %}")
    assert [type(node) for node in folded.nodelist] == [TextNode, IfNode]
    below = next(beneath(folded.nodelist[1]))
    assert [type(node) for node in below] == [TextNode, Numbered, TextNode]


@pytest.mark.parametrize("value", ["5", "x/../y", None, -1, True, 2**40, ""])
def test_only_whole_numbers_are_put_into_an_address(value):
    plain, folded = made("{% url 'tasks:detail' x %}")
    try:
        said = plain.render(Context({"x": value}))
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            folded.render(Context({"x": value}))
    else:
        assert folded.render(Context({"x": value})) == said


def test_another_language_is_drawn_by_itself():
    plain, folded = made("{% load i18n %}<b>{% translate 'Yes' %}</b>")
    said = set()
    for language in ("ja", "en", "ja"):
        with override(language):
            assert folded.render(Context()) == plain.render(Context())
            said.add(folded.render(Context()))
    assert len(said) == 2


def test_below_another_path_are_other_addresses():
    plain, folded = made("{% url 'tasks:list' %} {% url 'tasks:detail' x %}")
    for path in ("/", "/opsdesk/", "/"):
        with below(path):
            assert folded.render(Context({"x": 3})) == plain.render(Context({"x": 3}))
            assert folded.render(Context({"x": 3})).startswith(f"{path}tasks/")


@contextmanager
def below(path):
    before = get_script_prefix()
    set_script_prefix(path)
    try:
        yield
    finally:
        set_script_prefix(before)


def test_the_pages_are_read_by_it():
    template = get_template("tasks/detail.html").template
    assert isinstance(template.engine.template_loaders[0], Loader)
    assert template.nodelist.get_nodes_by_type(Constant)


def test_an_included_template_is_looked_for_once(monkeypatch):
    text = "{% for n in rows %}{% include 'ui/_crumbs.html' %}{% endfor %}"
    _plain, folded = made(text)
    engine, asked = engines["django"].engine, []
    find = engine.find_template
    monkeypatch.setattr(
        engine, "find_template", lambda name, *a, **k: asked.append(name) or find(name, *a, **k)
    )
    said = [folded.render(Context(VALUES)) for _each in range(2)]
    assert said[0] == said[1] != ""
    assert asked == ["ui/_crumbs.html"]


def test_what_is_not_there_is_missed_where_it_is_included():
    _plain, folded = made("{% include 'nowhere.html' %}")
    for _each in range(2):
        with pytest.raises(TemplateDoesNotExist):
            folded.render(Context(VALUES))
