"""docker-compose.yml follows the Compose Specification's schema; its variables and files exist."""

import re
from typing import Any

import pytest
import yaml
from compose_pydantic import ComposeSpecification
from pydantic import ValidationError

from opsdesk.environment import BASE_DIR, read
from opsdesk.settings import VARIABLES

# Ours in .env, but not the application's.
OTHERS = {"POSTGRES_PASSWORD", "CERTIFICATES"}


def compose() -> dict[str, Any]:
    """The file as an engine reads it: YAML's merge keys resolved, extensions (x-…) left out."""
    content = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
    return {key: value for key, value in content.items() if not key.startswith("x-")}


def test_it_follows_the_schema():
    ComposeSpecification.model_validate(compose())


@pytest.mark.parametrize(
    ("service", "key", "wrong"),
    [
        ("web", "comand", ["x"]),
        ("web", "depends_on", {"redis": {"condition": "sometimes"}}),
        ("proxy", "ports", 80),
    ],
)
def test_the_schema_bites(service: str, key: str, wrong: object):
    content = compose()
    content["services"][service][key] = wrong
    with pytest.raises(ValidationError):
        ComposeSpecification.model_validate(content)


def test_every_part_of_the_grown_house_is_there():
    assert set(compose()["services"]) == {"migrate", "web", "worker", "beat", "database", "redis", "proxy"}


def test_nobody_waits_for_a_service_that_is_not_there():
    services = compose()["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name


def test_the_variables_are_those_of_the_settings():
    known = {variable.name for variable in VARIABLES}
    text = (BASE_DIR / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) <= known | OTHERS
    assert set(compose()["services"]["web"]["environment"]) <= known


@pytest.mark.parametrize("service", ["migrate", "web", "worker", "beat"])
def test_the_settings_accept_the_values(service: str):
    """With .env filled in as the README says, and nothing else."""
    filled = {"POSTGRES_PASSWORD": "p" * 40, "SECRET_KEY": "s" * 40, "AUDIT_KEY": "a" * 40}

    def fill(found: re.Match[str]) -> str:
        name, default = found[1], found[2] or ""
        return filled.get(name, default.removeprefix(":-"))

    environ = {
        name: re.sub(r"\$\{(\w+)(:-[^}]*|:\?[^}]*)?\}", fill, value)
        for name, value in compose()["services"][service]["environment"].items()
    }
    values = read(VARIABLES, environ)
    assert values["DATABASE_URL"].startswith("postgresql://") and values["HTTPS"] is True


def test_the_files_it_mounts_are_in_the_repository():
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (BASE_DIR / source).is_file(), source
