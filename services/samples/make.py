"""Make the two invented samples anew: `python -m services.samples.make FOLDER`. Equal seeds give equal files."""

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 20260101


def main(folder: Path) -> None:
    """Write both files into `folder`."""
    write_load(folder / "electric-load.csv")
    write_messy(folder / "messy-sales.csv")


def write_load(path: Path) -> None:
    """Write twelve weeks of hourly load of an imaginary town: a daily and a weekly rhythm, weather, noise."""
    generator = np.random.default_rng(SEED)
    hours = np.arange(12 * 7 * 24)
    hour, weekday = hours % 24, hours // 24 % 7
    daily = 140 * np.sin((hour - 9) / 24 * 2 * np.pi) + 60 * np.sin((hour - 5) / 12 * 2 * np.pi)
    weekly = np.where(weekday >= 5, -110, 20) * np.clip(np.sin((hour - 5) / 18 * np.pi), 0, 1)
    weather = np.zeros(hours.size)
    for step in range(1, hours.size):
        weather[step] = 0.97 * weather[step - 1] + generator.normal(scale=6)
    load = 820 + daily + weekly + weather + generator.normal(scale=9, size=hours.size)
    temperature = (
        6 + 5 * np.sin((hour - 9) / 24 * 2 * np.pi) - weather / 12 + generator.normal(scale=0.4, size=hours.size)
    )
    start = datetime(2024, 1, 1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", "load_mw", "temperature_c"])
        for step in range(hours.size):
            time = (start + timedelta(hours=step)).strftime("%Y-%m-%dT%H:%MZ")
            writer.writerow([time, f"{load[step]:.1f}", f"{temperature[step]:.1f}"])


def write_messy(path: Path) -> None:
    """Write daily sales with everything that goes wrong in spreadsheets; what the audit is for."""
    generator = np.random.default_rng(SEED + 1)
    days = np.arange(180)
    weekly = np.array([0, -20, -10, 15, 60, 120, 40])[days % 7]
    units = np.round(400 + 0.8 * days + weekly + generator.normal(scale=12, size=days.size))
    price = 19.9 + 0.01 * days
    rows = []
    for day in days.tolist():
        date = (datetime(2025, 1, 6) + timedelta(days=int(day))).strftime("%d/%m/%Y")
        amount = f"{units[day]:.0f}" if day % 41 != 17 else ""
        revenue = f"€ {units[day] * price[day]:.2f}".replace(".", ",") if day % 30 else "n/a"
        rows.append([date, amount, f"{price[day]:.2f}".replace(".", ","), revenue, "North", f"till {day % 3 + 1}"])
    rows[120][1] = "4310"  # a digit too many
    del rows[60:64]  # the shop's computer was away
    rows.insert(90, list(rows[89]))  # sent twice
    rows[30], rows[31] = rows[31], rows[30]  # out of order
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(["Date", "Units", "Price", "Revenue", "Region", "Till"])
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
