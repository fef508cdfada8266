"""opsdesk.lib.bundles: what every page loads is delivered in one piece, and runs once."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from opsdesk.environment import BASE_DIR
from opsdesk.lib.bundles import BUNDLES, joined

STATIC = BASE_DIR / "opsdesk" / "static"


def read(name):
    return (STATIC / name).read_text()


def of(**files):
    """The joined js/a.js of a few scripts."""
    return joined("js/a.js", {f"js/{name}.js": text for name, text in files.items()}.__getitem__)


def test_style_sheets_stand_in_the_order_of_their_imports():
    text = joined("css/opsdesk.css", read)
    places = [text.index(read(f"css/{name}.css")) for name in ("tokens", "base", "parts", "print")]
    assert places == sorted(places) and "@import" not in text


def test_scripts_run_once_and_after_what_they_import():
    text = of(
        a='import "./b.js";\nimport { d } from "./d.js";\nrun(d);\nexport { c, d } from "./d.js";\n',
        b='import { d } from "./d.js";\nfirst(d);\n',
        d="export const c = 1;\nexport async function d() {}\nlet mine = 2;\n",
    )
    assert text == (
        "const { c, d } = (() => {\nconst c = 1;\nasync function d() {}\nlet mine = 2;\n"
        "return { c, d };\n})();\n"
        "(() => {\nfirst(d);\n})();\n"
        "run(d);\nexport { c, d };\n"
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a": 'import "./b.js";\n', "b": 'import "./a.js";\n'}, "js/a.js → js/b.js → js/a.js is a circle"),
        ({"a": 'import "./a.js";\n'}, "circle"),
        ({"a": 'import * as b from "./b.js";\n', "b": ""}, r"js/a.js: 'import \* as b"),
        ({"a": 'import "./b.js";\n', "b": "export default 1;\n"}, "js/b.js: 'export default 1;"),
        ({"a": 'import "./b.js";\nimport "./c.js";\n', "b": "export const x = 1;", "c": "export class x {}"},
         "x is exported by js/b.js and by js/c.js"),
        ({"a": 'export { y } from "./b.js";\n', "b": "export const x = 1;\n"}, "nobody exports y"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_together_is_said(files, words):
    with pytest.raises(ValueError, match=words):
        of(**files)


def test_an_import_of_another_kind_in_a_style_sheet():
    with pytest.raises(ValueError, match=r"css/a\.css"):
        joined("css/a.css", {"css/a.css": '@import url("b.css") print;\n'}.__getitem__)


def test_collected_files(settings, tmp_path):
    """Each bundle in one piece under its hashed name, by which the scripts of single pages import it."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "opsdesk.lib.bundles.Storage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0, dry_run=True)
    assert not (tmp_path / "js").exists()
    for _again in range(2):
        call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for name in BUNDLES:
        plain, hashed = Path(tmp_path, name).read_text(), Path(tmp_path, named[name]).read_text()
        assert plain == hashed == joined(name, read)
        assert Path(tmp_path, f"{named[name]}.gz").exists()
    for name in ("js/grid.js", "js/intake.js"):
        found = re.findall(r'from "\./(.*)"', Path(tmp_path, named[name]).read_text())
        assert found == [named["js/ops.js"].removeprefix("js/")]


def test_no_script_of_a_page_imports_a_part_of_the_bundle():
    """It would run twice."""
    parts = set(re.findall(r'"\./([\w.-]+)"', read("js/ops.js")))
    for path in STATIC.glob("js/*.js"):
        if path.name not in {"ops.js", *parts}:
            assert not parts & set(re.findall(r'"\./([\w.-]+)"', path.read_text())), path.name
