"""The lock files pin what pyproject.toml declares, each with its hashes, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from opsdesk.environment import BASE_DIR

PROJECT = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = RUNTIME + PROJECT["optional-dependencies"]["dev"]
LOCKS = [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEVELOPMENT)]
each = pytest.mark.parametrize(("name", "declared"), LOCKS, ids=["runtime", "development"])


def pins(path: Path) -> dict[str, Version]:
    found = re.findall(
        r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", path.read_text(), re.MULTILINE | re.IGNORECASE
    )
    return {canonicalize_name(name): Version(version) for name, version in found}


@each
def test_every_declared_package_is_pinned_within_its_bounds(name: str, declared: list[str]):
    pinned = pins(BASE_DIR / name)
    for requirement in map(Requirement, declared):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement


@each
def test_every_pin_has_its_hashes(name: str, declared: list[str]):
    blocks = re.split(r"\n(?=\S)", (BASE_DIR / name).read_text().strip())
    assert len(blocks) == len(pins(BASE_DIR / name))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@each
def test_no_host_is_named(name: str, declared: list[str]):
    assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted", (BASE_DIR / name).read_text())


def test_both_locks_agree():
    runtime, development = (pins(BASE_DIR / name) for name, _declared in LOCKS)
    assert runtime.items() <= development.items()
