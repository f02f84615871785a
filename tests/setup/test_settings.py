"""config.settings: refuses to start unsafe, and each refusal names the setting to mend.

Each case imports the settings in a process of its own, since settings are read once per process.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD_KEY = "kT3vQ9xLm2Zr8Wn5Ybp7Hc4Jd6Fs1GaE0uXoViRtCqNwBzMyPk"
PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "quorate.example.gov.uk",
    "DATABASE_URL": "postgres://quorate:secret@db.example:5433/quorate",
}
SHOW = """
import json, config.settings as settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def test_the_hosting_page_explains_every_environment_name():
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    assert {"SECRET_KEY", "DATABASE_URL"} < names
    page = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    assert {name for name in names if f"`{name}`" not in page} == set()


@pytest.fixture
def read(tmp_path):
    """Import the settings with exactly these environment values."""

    def read(env) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-c", SHOW],
            cwd=ROOT,
            env={"DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT), **env},
            capture_output=True,
            text=True,
            timeout=30,
        )

    return read


@pytest.fixture
def settings_of(read):
    def settings_of(env) -> dict:
        result = read(env)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return settings_of


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", GOOD_KEY[:49]),
        ("SECRET_KEY", "abc" * 30),
        ("SECRET_KEY", "django-insecure-" + GOOD_KEY),
        ("SECRET_KEY", "trial-only-secret-on-this-machine-and-nowhere-else-0123456789"),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "*"),
    ],
)
def test_a_missing_or_unsafe_value_refuses_to_start_and_is_named(read, name, value):
    env = {key: kept for key, kept in PRODUCTION.items() if key != name}
    if value is not None:
        env[name] = value
    result = read(env)
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name} is missing" in result.stderr


def test_a_weak_key_is_refused_in_the_trial_too(read):
    assert "SECRET_KEY" in read({"TRIAL": "1", "SECRET_KEY": "weak"}).stderr


def test_production_starts_closed(settings_of):
    settings = settings_of(PRODUCTION)
    assert settings["SECRET_KEY"] == GOOD_KEY
    assert settings["ALLOWED_HOSTS"] == ["quorate.example.gov.uk"]
    assert settings["DEBUG"] is False
    assert settings["TRIAL"] is False
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["SITE_URL"] == "https://quorate.example.gov.uk"


def test_debug_is_on_only_when_asked_for(settings_of):
    assert settings_of({"TRIAL": "1"})["DEBUG"] is False
    assert settings_of({**PRODUCTION, "DEBUG": "1"})["DEBUG"] is True


def test_a_forwarded_scheme_counts_only_behind_a_trusted_proxy(settings_of):
    assert "SECURE_PROXY_SSL_HEADER" not in settings_of(PRODUCTION)
    behind = settings_of({**PRODUCTION, "TRUSTED_PROXIES": "1"})
    assert behind["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert behind["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_a_postgresql_address_gives_postgresql(settings_of):
    database = settings_of(PRODUCTION)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)
    assert database["NAME"] == "quorate"


def test_sqlite_keeps_what_it_acknowledged_and_waits_for_the_writer(settings_of):
    database = settings_of({"TRIAL": "1"})["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    options = database["OPTIONS"]
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 5


def test_the_trial_needs_nothing_and_stays_on_this_machine(settings_of):
    settings = settings_of({"TRIAL": "1"})
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1"]
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
