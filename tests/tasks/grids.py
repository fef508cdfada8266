"""A draft's grid as a browser would send it: what stands in the page, and what a person changes in it."""

import html
import re

SELECT = re.compile(r'<select class="(?:mk|cy)[^"]*" id="([^"]+)".*?</select>', re.S)
CHOSEN = re.compile(r'<option value="([^"]*)" selected>')
INPUT = re.compile(r'<input class="in in-s" value="([^"]*)"[^>]* id="(c-[^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(version|state)" value="([^"]*)"')


def fields(page: str) -> dict[str, str]:
    """The successful controls of the grid's form in `page`."""
    form = re.search(r'<form class="panel" id="grid".*?</form>', page, re.S)
    assert form, "no grid"
    found = {name: html.unescape(value) for name, value in HIDDEN.findall(form.group())}
    for match in SELECT.finditer(form.group()):
        chosen = CHOSEN.search(match.group())
        found[match[1]] = chosen[1] if chosen else ""
    found |= {name: html.unescape(value) for value, name in INPUT.findall(form.group())}
    return found


def keys(page: str) -> list[int]:
    """The keys of the rows that are shown."""
    return [int(key) for key in re.findall(r'<tr id="r(-?\d+)"', page)]


def words(page: str) -> str:
    """The text of the page's main part."""
    main = re.search(r"<main.*</main>", page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", main.group() if main else page).split())


def row(page: str, key: int) -> str:
    found = re.search(rf'<tr id="r{key}".*?</tr>', page, re.S)
    assert found, f"row {key} is not shown"
    return words(found.group())
