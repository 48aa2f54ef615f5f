"""How fast and in how much memory a large CSV is imported: `python -m benchmarks.ingest [MIB] [FOLDER]`.

The file is parsed in a process of its own, whose peak resident memory the kernel reports; the figure before the
import starts is what the interpreter and its libraries take.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

DEFAULT_MIB = 400
BLOCK_ROWS = 50_000


def main(megabytes: int, folder: str | None) -> None:
    """Generate, import, print the table."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "large.csv"
        rows = generate(path, megabytes * 2**20)
        size = path.stat().st_size / 2**20
        command = [sys.executable, "-m", "benchmarks.ingest", "--parse", str(path), str(Path(name) / "data")]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"{'file':>12} {'rows':>12} {'seconds':>9} {'MiB/s':>8} {'base RSS':>10} {'peak RSS':>10} {'reports':>8}")
    print(
        f"{size:>8.0f} MiB {rows:>12,} {measured['seconds']:>9.1f} {size / measured['seconds']:>8.1f} "
        f"{measured['base_mib']:>6.0f} MiB {measured['peak_mib']:>6.0f} MiB {measured['reports']:>8}"
    )
    print(f"longest wait between two reports: {measured['longest_s']:.2f} s; finding codes: {measured['findings']}")


def generate(path: Path, size: int) -> int:
    """Write a CSV of at least `size` bytes: times, six numbers, a text; return how many rows."""
    generator = np.random.default_rng(0)
    rows = 0
    with path.open("w") as file:
        file.write("time,load,temperature,wind,price,count,pressure,station\n")
        while file.tell() < size:
            times = np.datetime64("2000-01-01T00:00:00") + np.arange(rows, rows + BLOCK_ROWS).astype("timedelta64[s]")
            texts = np.datetime_as_string(times)
            values = generator.normal(100, 20, size=(BLOCK_ROWS, 6))
            file.writelines(
                f"{text},{a:.3f},{b:.2f},{c:.4f},{d:.2f},{int(e)},{f:.1f},station {row % 12}\n"
                for row, (text, (a, b, c, d, e, f)) in enumerate(zip(texts.tolist(), values.tolist(), strict=True))
            )
            rows += BLOCK_ROWS
    return rows


def parse(path: Path, folder: Path) -> None:
    """Import the file into a fresh data directory and print what it cost, as JSON."""
    from services.datasets.ingest import import_dataset
    from services.datasets.requests import ImportRequest
    from services.settings import read_settings
    from services.workspace import open_workspace

    workspace = open_workspace(read_settings(data_dir=folder))
    with path.open("rb") as stream:
        upload = workspace.uploads.receive(path.name, stream)
    path.unlink()
    moments = [time.perf_counter()]
    base = _peak_mib()
    info = import_dataset(
        ImportRequest.model_validate({"source": {"upload": upload.id}}),
        workspace,
        lambda fraction, message: moments.append(time.perf_counter()),
    )
    moments.append(time.perf_counter())
    print(
        json.dumps(
            {
                "seconds": moments[-1] - moments[0],
                "base_mib": base,
                "peak_mib": _peak_mib(),
                "reports": len(moments) - 2,
                "longest_s": float(np.diff(moments).max()),
                "findings": sorted({finding.code for finding in info.findings}),
            }
        )
    )


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--parse"]:
        parse(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_MIB, sys.argv[2] if len(sys.argv) > 2 else None)
