"""A large file through the upload route of the real server: `python -m benchmarks.uploads [MIB] [FOLDER]`.

Sent in chunks as the page sends them, then imported by a worker. The kernel reports each process's peak of resident
memory; what the server takes beyond its figure before the upload is what uploads cost.
"""

import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from benchmarks.ingest import DEFAULT_MIB, generate
from tests.live import LiveServer, live_server

CHUNK_BYTES = 4 * 2**20


def main(megabytes: int, folder: str | None) -> None:
    """Generate, upload, import, print the table."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "large.csv"
        rows = generate(path, megabytes * 2**20)
        size = path.stat().st_size
        with live_server(Path(name) / "data") as server:
            before = peak_mib(server.process.pid)
            begun = time.perf_counter()
            upload = send(server, path, size)
            sent = time.perf_counter()
            dataset = ask(server, "/datasets/import", {"source": {"upload": upload}})
            imported = time.perf_counter()
            after = peak_mib(server.process.pid)
            workers = max(peak_mib(process.pid) for process in workers_of(server))
    mib = size / 2**20
    print(f"{mib:.0f} MiB, {dataset['rows']:,} of {rows:,} rows")
    upload_s, import_s = sent - begun, imported - sent
    print(f"upload {upload_s:6.1f} s {mib / upload_s:6.1f} MiB/s   server {before:.0f} -> {after:.0f} MiB at its peak")
    print(f"import {import_s:6.1f} s {mib / import_s:6.1f} MiB/s   worker {workers:.0f} MiB at its peak")


def send(server: LiveServer, path: Path, size: int) -> str:
    """Send the file in chunks; return the id of the upload."""
    upload = str(ask(server, "/uploads", {"file_name": path.name, "size": size})["id"])
    with path.open("rb") as file:
        offset = 0
        while chunk := file.read(CHUNK_BYTES):
            ask(server, f"/uploads/{upload}?offset={offset}", chunk, method="PUT")
            offset += len(chunk)
    return upload


def ask(server: LiveServer, path: str, body: Any, method: str = "POST") -> Any:
    """Return `data` of the answer; for a job, that of its result."""
    is_raw = isinstance(body, bytes)
    call = urllib.request.Request(
        f"{server.url}/api/v1{path}",
        method=method,
        data=body if is_raw else json.dumps(body).encode(),
        headers={"Content-Type": "application/octet-stream" if is_raw else "application/json", "Prefer": "wait=120"},
    )
    with urllib.request.urlopen(call, timeout=150) as answer:
        return json.load(answer)["data"]


def workers_of(server: LiveServer) -> list[psutil.Process]:
    """Return the worker processes on the server's data directory."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "services.worker" in (process.info["cmdline"] or [])
        and (process.info["environ"] or {}).get("LOOKAHEAD_DATA_DIR") == str(server.data_dir)
    ]


def peak_mib(pid: int) -> float:
    """Return the peak resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_MIB, sys.argv[2] if len(sys.argv) > 2 else None)
