"""Every template compiles, is one page of thought, and carries no style, script or handler of its own."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from opsdesk.environment import BASE_DIR

ROOTS = [BASE_DIR / "templates", *BASE_DIR.glob("*/templates"), *BASE_DIR.glob("opsdesk/*/templates")]
TEMPLATES = [(root, path) for root in ROOTS for path in sorted(root.rglob("*")) if path.is_file()]
INLINE = re.compile(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


def each(test):
    return pytest.mark.parametrize(
        ("root", "path"), TEMPLATES, ids=[str(path.relative_to(BASE_DIR)) for _root, path in TEMPLATES]
    )(test)


@each
def test_it_compiles(root: Path, path: Path):
    assert get_template(str(path.relative_to(root))).origin.name == str(path)


@each
def test_it_is_at_most_80_lines(root: Path, path: Path):
    assert len(path.read_text().splitlines()) <= 80


@each
def test_nothing_is_inline(root: Path, path: Path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not INLINE.findall(text)


@each
def test_it_asks_nobody_outside(root: Path, path: Path):
    """No page loads from another host; `xmlns` names a standard, it loads nothing."""
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text())
    assert not re.findall(r"(?:src|href|action|url)\s*[=(]\s*[\"']?(?:https?:)?//", text)


@pytest.mark.parametrize(
    "bad", ['<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>", '<a href="javascript:x">']
)
def test_the_pattern_bites(bad: str):
    assert INLINE.search(bad)
