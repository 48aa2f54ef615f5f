"""The commands that repeat a request are exact, whatever the request holds."""

import json
import shlex
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages._copy_as import MAX_INLINE_BYTES, commands

BASE = "http://127.0.0.1:8050"
NASTY = {"series": {"values": [1.5, None, -2e-9], "name": 'o\'clock $HOME `x` "q" \\n é 🙂\n'}}


def texts(request: Any) -> dict[str, str]:
    """The commands by their title."""
    made = commands(BASE, "repair_dataset", "/datasets/repair", "abc", request)
    return {each.title: each.text for each in made}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.floats(allow_nan=False) | st.none(), max_size=4))
def test_a_shell_reads_the_request_back_exactly(request: dict[str, Any]) -> None:
    made = texts(request)
    curl = shlex.split(made["curl"].replace("\\\n", " "))
    assert json.loads(curl[curl.index("-d") + 1]) == request
    terminal = shlex.split(made["Terminal"])
    assert terminal[:3] == ["python", "cli.py", "repair-dataset"]
    assert json.loads(terminal[terminal.index("--request") + 1]) == request


def test_a_real_shell_passes_every_character_on() -> None:
    text = texts(NASTY)["Terminal"].replace("python cli.py repair-dataset --request", "printf %s")
    shown = subprocess.run(["sh", "-c", text], capture_output=True, check=True)
    assert json.loads(shown.stdout) == NASTY


def test_the_python_program_holds_the_request_exactly() -> None:
    program = texts(NASTY)["Python"].split("call = ")[0] + "print(json.dumps(request))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(shown.stdout) == NASTY


@pytest.mark.parametrize("title", ["curl", "Terminal"])
def test_a_long_request_is_fetched_into_a_file_first(title: str) -> None:
    text = texts({"series": {"values": list(range(MAX_INLINE_BYTES))}})[title]
    assert len(text) < 1000
    assert f"{BASE}/api/v1/jobs/abc" in text
    assert text.endswith("@request.json")


def test_a_long_request_is_fetched_by_the_python_program() -> None:
    text = texts({"series": {"values": list(range(MAX_INLINE_BYTES))}})["Python"]
    assert len(text) < 1000
    compile(text, "copied", "exec")
    assert f"{BASE}/api/v1/jobs/abc" in text
