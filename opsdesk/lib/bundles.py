"""Style sheets and scripts that are delivered in one piece: what they import is put in its place.

In the source tree each file stands by itself, and a browser could follow the imports; over a slow network
twenty requests are what a first page waits for. Files are put together when they are collected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: What every page loads. Other scripts import from the second by its name, so that nothing runs twice.
BUNDLES = ("css/opsdesk.css", "js/ops.js")

CSS_IMPORT = re.compile(r'^@import "([\w.-]+)";\n', re.M)
JS_IMPORT = re.compile(r'^import (?:\{ [\w, ]+ \} from )?"\./([\w.-]+)";\n', re.M)
JS_PASSED_ON = re.compile(r'^export \{ ([\w, ]+) \} from "\./([\w.-]+)";\n', re.M)
JS_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.M)
JS_LEFT = re.compile(r"^\s*(?:import|export)\b.*", re.M)


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, with BUNDLES in one piece each; scripts import the others by their hashed names."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )  # ours only: what others bring may import what it does not bring

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return file.read().decode()

        names = () if dry_run else BUNDLES
        texts = {name: joined(name, read) for name in names if name in paths}
        for name, text in texts.items():
            self.delete(name)
            self._save(name, ContentFile(text.encode()))
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def joined(name: str, read: Callable[[str], str]) -> str:
    """The file `name` with all that it imports; `read` gives the text of a file by its name.

    ValueError if it imports in a way that isn't known, or in a circle, or two scripts export one name."""
    return _joined_css(name, read) if name.endswith(".css") else _Scripts(name, read).text()


def _beside(name: str, other: str) -> str:
    return f"{name.rpartition('/')[0]}/{other}"


def _joined_css(name: str, read: Callable[[str], str]) -> str:
    text = CSS_IMPORT.sub(lambda found: _joined_css(_beside(name, found[1]), read), read(name))
    if "@import" in text:
        raise ValueError(f"{name}: an @import that can't be put in its place")
    return text


class _Scripts:
    """Modules in the order in which they run, each a function of its own that gives what it exports."""

    def __init__(self, name: str, read: Callable[[str], str]) -> None:
        self.name, self.read = name, read
        self.done: dict[str, str] = {}  # by name, in the order in which they run
        self.under_way: list[str] = []
        self.exported: dict[str, str] = {}  # by what is exported, from where

    def text(self) -> str:
        source = self.read(self.name)
        passed_on = [name for names, _other in JS_PASSED_ON.findall(source) for name in names.split(", ")]
        own = self._body(self.name, source)
        if missing := [name for name in passed_on if name not in self.exported]:
            raise ValueError(f"{self.name}: nobody exports {', '.join(missing)}")
        ending = f"export {{ {', '.join(passed_on)} }};\n" if passed_on else ""
        return "".join(self.done.values()) + own + ending

    def _body(self, name: str, source: str) -> str:
        """`source` without its imports, which are `done` before it."""
        self.under_way.append(name)
        for found in re.finditer(f"{JS_IMPORT.pattern}|{JS_PASSED_ON.pattern}", source, re.M):
            self._add(_beside(name, found[1] or found[3]))
        self.under_way.pop()
        body = JS_PASSED_ON.sub("", JS_IMPORT.sub("", source))
        if left := JS_LEFT.search(JS_EXPORT.sub("", body)):
            raise ValueError(f"{name}: {left[0].strip()!r} can't be put in its place")
        return body

    def _add(self, name: str) -> None:
        if name in self.under_way:
            raise ValueError(f"{' → '.join([*self.under_way, name])} is a circle")
        if name in self.done:
            return
        body = self._body(name, self.read(name))
        names = JS_EXPORT.findall(body)
        for each in names:
            if self.exported.setdefault(each, name) != name:
                raise ValueError(f"{each} is exported by {self.exported[each]} and by {name}")
        given = f"return {{ {', '.join(names)} }};\n" if names else ""
        head = f"const {{ {', '.join(names)} }} = " if names else ""
        self.done[name] = f"{head}(() => {{\n{JS_EXPORT.sub('', body)}{given}}})();\n"
