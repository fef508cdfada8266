"""Every template compiles, is one page of thought, and carries no style, script or handler of its own."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from opsdesk.environment import BASE_DIR

ROOTS = [BASE_DIR / "templates", *BASE_DIR.glob("*/templates"), *BASE_DIR.glob("opsdesk/*/templates")]
TEMPLATES = {path: root for root in ROOTS for path in sorted(root.rglob("*")) if path.is_file()}
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
OUTSIDE = re.compile(r"(?:src|href|action|url)\s*[=(]\s*[\"']?(?:https?:)?//")


def text(path: Path) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_it_compiles(path: Path):
    assert get_template(str(path.relative_to(TEMPLATES[path]))).origin.name == str(path)


def test_none_is_longer_than_80_lines():
    assert [name(path) for path in TEMPLATES if len(path.read_text().splitlines()) > 80] == []


def test_nothing_is_inline():
    assert {name(path): INLINE.findall(text(path)) for path in TEMPLATES if INLINE.search(text(path))} == {}


def test_no_page_asks_a_host_outside():
    assert [name(path) for path in TEMPLATES if OUTSIDE.search(text(path))] == []


@pytest.mark.parametrize(
    "bad", ['<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>", '<a href="javascript:x">']
)
def test_the_pattern_bites(bad: str):
    assert INLINE.search(bad)
