"""Templates that are settled when they are read say what Django's own way of drawing them says."""

import pytest
from django.template import Context, TemplateDoesNotExist, engines
from django.template.engine import Engine
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

FILES = {
    "base": "<t>{% block title %}base{% endblock %}</t>{% block body %}[{% block in %}none{% endblock %}]"
    "{% endblock %}{% if x %}{% block deep %}deep{{ x }}{% endblock %}{% endif %}"
    "{% for n in rows %}{% block row %}{{ n }}{% endblock %},{% endfor %}{{ word }}",
    "middle": "{% extends 'base' %}{% block in %}middle {% block inner %}-{% endblock %}{% endblock %}",
    "leaf": "{% extends 'middle' %}ignored{% block inner %}leaf {{ x }}{% endblock %}{% block row %}({{ n }})"
    "{% endblock %}",
    "whole": "{% extends 'middle' %}{% block body %}whole{% endblock %}{% block inner %}gone{% endblock %}",
    "super": "{% extends 'middle' %}{% block inner %}{{ block.super }}+{% endblock %}",
    "below": "{% extends 'super' %}{% block title %}below{% endblock %}",
    "naming": "{% extends 'base' %}{% load i18n %}{% block title %}{% translate '必須' as word %}{{ word }}"
    "{% endblock %}{% block in %}<{{ word }}>{% endblock %}",
    "chosen": "{% extends parent %}{% block title %}chosen{% endblock %}",
    "filtered": "{% extends 'BASE'|lower %}{% block title %}filtered{% endblock %}",
    "including": "{% extends 'base' %}{% block in %}{% include 'part' %}|{% include 'part' with x=7 %}|"
    "{% include 'part' only %}|{% include name %}|{% include 'naming-part' %}{{ word }}{% endblock %}",
    "part": "part {{ x }}{% for n in rows %}{% include 'row' %}{% endfor %}",
    "row": "{{ n }}/{{ forloop.counter }} ",
    "naming-part": "{% load i18n %}{% translate '任意' as word %}{{ word }}",
    "counting": "{% for n in rows %}{% include 'cycled' %}{% endfor %}{% include 'extending-part' %}",
    "cycled": "{% cycle 'a' 'b' %}",
    "extending-part": "{% extends 'middle' %}{% block title %}in a part{% endblock %}",
    "tree": "({{ depth }}{% if rows %}{% with rows=None %}{% include 'tree' %}{% endwith %}{% endif %})",
    "lost": "{% if y %}{% include 'nowhere' %}{% endif %}here",
    "lost at once": "{% include 'nowhere' %}",
    "orphan": "{% extends 'nowhere' %}",
    "token": "{% extends 'base' %}{% block in %}{% csrf_token %}{{ csrf_token }}{% endblock %}",
}
NAMES = {"name": "part", "parent": "middle"}
PAGES = [name for name in FILES if name not in ("lost at once", "orphan")]
VALUES = {
    "x": "<5>",
    "rows": [1, 2, 3],
    **NAMES,
    "word": "outer",
    "csrf_token": "t",
    "depth": 1,
}


def engine(*, own, debug=False):
    files = "django.template.loaders.locmem.Loader", FILES
    cached = "opsdesk.lib.constant.Loader" if own else "django.template.loaders.cached.Loader"
    libraries = engines["django"].engine.libraries
    return Engine(loaders=[(cached, [files])], libraries=libraries, debug=debug)


@pytest.mark.parametrize("values", [VALUES, {}], ids=["values", "nothing"])
@pytest.mark.parametrize("name", PAGES)
def test_the_same_is_said(name, values):
    stock, ours = engine(own=False), engine(own=True)
    for page in (name, "leaf", name):
        said = stock.get_template(page).render(Context(NAMES | values))
        assert ours.get_template(page).render(Context(NAMES | values)) == said


@pytest.mark.parametrize("first", PAGES)
def test_whatever_was_drawn_before(first):
    """A parent drawn by itself keeps its blocks for its children."""
    stock, ours = engine(own=False), engine(own=True)
    for page in (first, *PAGES):
        said = stock.get_template(page).render(Context(VALUES))
        assert ours.get_template(page).render(Context(VALUES)) == said, page


def test_nothing_is_left_to_look_for():
    found = engine(own=True).get_template("leaf").nodelist
    assert not found.get_nodes_by_type(ExtendsNode) and not found.get_nodes_by_type(BlockNode)
    left = engine(own=True).get_template("including").nodelist.get_nodes_by_type(IncludeNode)
    assert len(left) == 4  # with, only, by a variable, and one that names something


@pytest.mark.parametrize("name", ["lost at once", "orphan"])
def test_what_is_not_there_is_said_so(name):
    with pytest.raises(TemplateDoesNotExist, match="nowhere"):
        engine(own=True).get_template(name).render(Context(VALUES))


def test_while_developing_templates_are_left_as_they_are():
    found = engine(own=True, debug=True).get_template("leaf").nodelist
    assert found.get_nodes_by_type(ExtendsNode)


def test_forgotten_with_the_rest():
    ours = engine(own=True)
    before = ours.get_template("leaf")
    assert ours.get_template("leaf") is before
    ours.template_loaders[0].reset()
    assert ours.get_template("leaf") is not before
