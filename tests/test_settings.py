"""Settings: read once, all faults reported at once, secrets never shown, and the README tells the truth."""

import os
import re
from pathlib import Path

import pytest

from services.settings import PREFIX, Settings, SettingsError, is_loopback, read_settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_valid_and_loopback() -> None:
    settings = read_settings()
    assert is_loopback(settings.host)
    assert settings.port == 8050


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOOKAHEAD_PORT=9000\nLOOKAHEAD_WORKERS=3\n")
    monkeypatch.setenv("LOOKAHEAD_WORKERS", "4")
    settings = read_settings()
    assert (settings.port, settings.workers) == (9000, 4)


def test_every_fault_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKAHEAD_PORT", "70000")
    monkeypatch.setenv("LOOKAHEAD_WORKERS", "many")
    monkeypatch.setenv("LOOKAHEAD_WROKERS", "2")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    text = str(caught.value)
    assert all(name in text for name in ("LOOKAHEAD_PORT=70000", "LOOKAHEAD_WORKERS=many", "LOOKAHEAD_WROKERS"))


def test_a_refused_secret_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKAHEAD_SECRET_KEY", "tiny-but-secret")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "tiny-but-secret" not in str(caught.value)
    assert "LOOKAHEAD_SECRET_KEY=********" in str(caught.value)


def test_a_secret_is_masked_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    monkeypatch.setenv("LOOKAHEAD_SECRET_KEY", secret)
    assert secret not in repr(read_settings())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "example.org", "::"])
def test_an_address_others_can_reach_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("LOOKAHEAD_HOST", host)
    with pytest.raises(SettingsError, match="authentication") as caught:
        read_settings()
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.10"])
def test_loopback_addresses_are_accepted(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("LOOKAHEAD_HOST", host)
    assert read_settings().host == host


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `(LOOKAHEAD_\w+)` \| (.*?) \| (.*?) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {name: (default, meaning) for name, default, meaning in rows} == {
        PREFIX + name.upper(): (shown_default(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }


def shown_default(default: object) -> str:
    """Return how the README writes a default."""
    if default is None or default == ():
        return "empty"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{','.join(default)}`" if isinstance(default, tuple) else f"`{default}`"
