"""The container files say what the product does: its commands, its settings, and no secret among them."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from storefront.__main__ import app
from storefront.settings import KNOWN, SECRET_FILES, read_settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
EXACT_VERSION = re.compile(r"[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9-]+)?(@sha256:[0-9a-f]{64})?")


@pytest.fixture
def secrets_folder(tmp_path: Path) -> Path:
    subprocess.run(["sh", ROOT / ".ci/secrets", tmp_path / "secrets"], check=True)
    return tmp_path / "secrets"


@pytest.mark.parametrize("name", OURS)
def test_what_a_service_starts_is_a_command_with_these_options(name: str):
    command, *arguments = OURS[name]["command"]
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]

    assert command in known
    known[command].make_context(command, [*arguments])  # raises UsageError for an unknown option


def test_the_image_starts_the_web_as_compose_does():
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert yaml.safe_load(image.rpartition("\nCMD ")[2]) == OURS["web"]["command"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_whether_it_is_well_or_runs_once(name: str):
    service = SERVICES[name]

    assert ("healthcheck" in service) != (service["restart"] == "no")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_no_more_than_it_needs(name: str):
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert name in ("web", "worker", "migrate", "database", "search", "caddy")


def test_only_caddy_is_open_to_the_world():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert SERVICES["database"]["networks"] == SERVICES["search"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", OURS)
def test_what_faces_the_world_or_the_data_is_nobodys_root(name: str):
    uid = SERVICES[name]["user"].split(":")[0]

    assert uid.isdigit()
    assert int(uid) >= 1000
    assert f"USER {SERVICES[name]['user']}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_image_has_an_exact_version():
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    images = [service["image"] for service in SERVICES.values()]

    assert [image for image in [*bases, *images] if not EXACT_VERSION.fullmatch(image)] == []


def test_no_secret_stands_in_the_files():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|SMTP_URL", name):
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
    for file in ("docker-compose.yml", "Dockerfile", "Caddyfile", ".env.example"):
        with_password = re.findall(
            r"://\w+:(?!password@)[^@\s/]+@", (ROOT / file).read_text(encoding="utf-8")
        )
        assert with_password == []


def test_every_secret_is_declared_used_and_written_by_make_secrets(secrets_folder: Path):
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}

    assert used == COMPOSE["secrets"].keys()
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        f"secrets/{path.name}" for path in secrets_folder.iterdir()
    }


def test_make_secrets_changes_nothing_that_is_there(secrets_folder: Path):
    before = {path.name: path.read_text() for path in secrets_folder.iterdir()}

    subprocess.run(["sh", ROOT / ".ci/secrets", secrets_folder], check=True)

    assert {path.name: path.read_text() for path in secrets_folder.iterdir()} == before
    assert before["database_password"] in before["database_url"]


def test_secrets_and_settings_of_a_machine_stay_out_of_git_and_of_the_image():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()

    assert {"/secrets/", "/.env", "/var/", "/.venv/"} <= set(ignored)
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*"


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_with_settings_that_production_accepts(name: str, secrets_folder: Path):
    environment = {
        key: str(value).replace("/run/secrets", str(secrets_folder))
        for key, value in OURS[name]["environment"].items()
    } | {"PUBLIC_URL": "https://market.example.kr"}

    settings = read_settings(environment, env_file=None)

    assert settings.is_production
    assert settings.database_url.endswith("@database:5432/jangnal")
    assert settings.trusted_proxies == (SERVICES["caddy"]["networks"]["outside"]["ipv4_address"],)
    unread = [
        key for key in environment if key not in KNOWN and key.removesuffix("_FILE") not in SECRET_FILES
    ]
    assert unread == []


def test_the_example_names_every_setting():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)) == KNOWN
