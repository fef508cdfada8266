"""What we took from others is as listed and carries its licence; nothing of ours asks a host outside."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from opsdesk.environment import BASE_DIR

STATIC = BASE_DIR / "opsdesk" / "static"
ENTRIES = json.loads((STATIC / "vendor" / "vendor.json").read_text())
LISTED = {name: digest for entry in ENTRIES for name, digest in entry["files"].items()}
FOLDERS = (STATIC / "vendor", BASE_DIR / "tests" / "browser" / "vendor")
OURS = sorted(
    path
    for path in [*STATIC.rglob("*"), *(BASE_DIR / "templates").rglob("*")]
    if path.suffix in (".css", ".js", ".html", ".svg") and path.parent != STATIC / "vendor"
)
# An address with a host. Names of XML namespaces are not asked for.
HOST = re.compile(r"(?:\b(?:https?|wss?|ftp):)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org",)
# What each licence says about itself.
WORDS = {
    "0BSD": "Permission to use, copy, modify",
    "MIT": "Permission is hereby granted, free of charge",
    "MPL-2.0": "Mozilla Public License, version 2.0",
}


def hosts(text: str) -> list[str]:
    """The hosts that `text` names, with or without a protocol."""
    return [found for found in HOST.findall(text) if not found.startswith(NAMESPACES)]


@pytest.mark.parametrize("name", LISTED)
def test_the_file_is_the_one_listed(name: str):
    assert hashlib.sha256((BASE_DIR / name).read_bytes()).hexdigest() == LISTED[name]


def test_every_vendored_file_is_listed():
    there = {str(path.relative_to(BASE_DIR)) for folder in FOLDERS for path in folder.iterdir()}
    assert there - set(LISTED) == {"opsdesk/static/vendor/vendor.json"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_the_licence_comes_along(entry: dict):
    notices = [name for name in entry["files"] if "LICENSE" in name] or entry["adapted"]
    texts = [(BASE_DIR / name).read_text() for name in notices]
    assert entry["version"]
    assert any(WORDS[entry["licence"]] in " ".join(text.split()) for text in texts)


def test_there_is_something_to_look_at():
    assert {path.suffix for path in OURS} == {".css", ".js", ".html", ".svg"}


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_no_host_outside(path: Path):
    assert hosts(path.read_text()) == []


def test_htmx_asks_nobody_either():
    """htmx itself names no address; what it loads comes from our own attributes."""
    assert hosts((STATIC / "vendor" / "htmx.min.js").read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "@import url(https://fonts.example.com/x.css)",
        '<script src="//cdn.example.net/x.js">',
        "wss://a.example.org",
    ],
)
def test_a_host_is_found(text: str):
    assert hosts(text)
