"""A request as a command: curl, Python, the terminal. Each is complete and runs as it is pasted."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

API = "/api/v1"
MAX_INLINE_BYTES = 8_000  # a longer request is fetched into a file first: shells and readers give up on long lines


@dataclass(frozen=True)
class Command:
    """One way to do the same again."""

    title: str
    text: str


def commands(base_url: str, kind: str, route: str, job_id: str, request: Mapping[str, Any]) -> tuple[Command, ...]:
    """Return the request of a job for each door; `base_url` is where the application answers, without a slash."""
    body = json.dumps(request, separators=(",", ":"), ensure_ascii=True)
    url = f"{base_url}{API}{route}"
    if len(body) > MAX_INLINE_BYTES:
        fetch = _fetch_command(f"{base_url}{API}/jobs/{job_id}")
        return (
            Command("curl", f"{fetch}\n{_curl(url, '@request.json')}"),
            Command("Python", _python(url, f"{base_url}{API}/jobs/{job_id}", body=None)),
            Command("Terminal", f"{fetch}\npython cli.py {_name(kind)} --request @request.json"),
        )
    return (
        Command("curl", _curl(url, shlex.quote(body))),
        Command("Python", _python(url, "", body=body)),
        Command("Terminal", f"python cli.py {_name(kind)} --request {shlex.quote(body)}"),
    )


def _name(kind: str) -> str:
    return kind.replace("_", "-")


def _curl(url: str, body: str) -> str:
    return f"curl -sS {shlex.quote(url)} \\\n  -H 'Content-Type: application/json' \\\n  -d {body}"


def _fetch_command(job_url: str) -> str:
    program = 'import json, sys; json.dump(json.load(sys.stdin)["data"]["request"], sys.stdout)'
    return f"curl -sS {shlex.quote(job_url)} | python3 -c {shlex.quote(program)} > request.json"


def _python(url: str, job_url: str, body: str | None) -> str:
    if body is None:
        request = f'json.load(urllib.request.urlopen({job_url!r}))["data"]["request"]'
    else:
        request = f"json.loads({body!r})"
    return f"""import json
import urllib.request

request = {request}
call = urllib.request.Request(
    {url!r},
    data=json.dumps(request).encode(),
    headers={{"Content-Type": "application/json", "Prefer": "wait=120"}},
)
with urllib.request.urlopen(call) as answer:
    result = json.load(answer)["data"]
print(json.dumps(result, indent=2))"""
