"""Make the invented samples anew: `python -m services.samples.make FOLDER`. Equal seeds give equal files."""

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 20260101
FUNDS = {  # by name: yearly return, volatility, share of the volatility that is the market's, group
    "Atlas Tech": (0.13, 0.29, 0.72, 0),
    "Borealis Chips": (0.15, 0.36, 0.66, 0),
    "Cedar Health": (0.085, 0.17, 0.60, 1),
    "Dune Energy": (0.07, 0.27, 0.52, 2),
    "Elm Utilities": (0.055, 0.14, 0.45, 2),
    "Fjord Banks": (0.08, 0.24, 0.74, 3),
    "Grove Foods": (0.06, 0.13, 0.48, 1),
    "Harbour Property": (0.07, 0.20, 0.62, 3),
    "Iris Bonds": (0.025, 0.055, -0.15, 4),
    "Juniper Credit": (0.04, 0.075, 0.35, 4),
    "Kestrel Gold": (0.045, 0.16, 0.02, 5),
    "Lagoon Emerging": (0.09, 0.25, 0.68, 6),
}
YEARS = 4  # of 261 business days: the funds' history


def main(folder: Path) -> None:
    """Write the files into `folder`."""
    write_load(folder / "electric-load.csv")
    write_messy(folder / "messy-sales.csv")
    write_flight(folder / "drone-flight.csv")
    write_prices(folder / "imaginary-funds.csv")
    write_furnace(folder / "imaginary-furnace.csv")


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


def write_flight(path: Path) -> None:
    """Write five minutes of a drone over a field, one position a second: lanes and turns, fixes lost, one far off."""
    generator = np.random.default_rng(SEED + 2)
    seconds = np.arange(300)
    lane = seconds // 40 % 4  # along, across, back, across
    wanted = np.column_stack(
        [
            np.where(lane == 0, 7.0, np.where(lane == 2, -7.0, 0.0)),
            np.where((lane == 1) | (lane == 3), 1.5, 0.0),
            np.where(seconds < 20, 2.0, np.where(seconds >= 280, -2.0, 0.0)),
        ]
    )
    velocity, position = np.zeros((300, 3)), np.zeros((300, 3))
    for step in range(1, 300):
        gust = generator.normal(scale=0.25, size=3)
        velocity[step] = velocity[step - 1] + 0.35 * (wanted[step] - velocity[step - 1]) + gust
        position[step] = position[step - 1] + (velocity[step] + velocity[step - 1]) / 2
    seen = position + generator.normal(scale=1.2, size=(300, 3))
    seen[190, :2] += [22.0, -18.0]  # an echo
    start = datetime(2025, 5, 4, 9, 30)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", "east_m", "north_m", "up_m"])
        for step in seconds.tolist():
            is_lost = step in (57, 58, 143) or 230 <= step < 238
            cells = [""] * 3 if is_lost else [f"{value:.2f}" for value in seen[step]]
            writer.writerow([(start + timedelta(seconds=step)).strftime("%Y-%m-%dT%H:%M:%SZ"), *cells])


def write_prices(path: Path) -> None:
    """Write four years of daily prices of imaginary funds: a market with calm and stormy spells, groups, tails."""
    generator = np.random.default_rng(SEED + 3)
    days = np.busday_offset(np.datetime64("2021-01-04"), np.arange(YEARS * 261))
    count, funds = days.size, list(FUNDS.values())
    spell = np.zeros(count)
    for day in range(1, count):
        spell[day] = 0.985 * spell[day - 1] + generator.normal(scale=0.09)

    def shocks(*shape: int) -> np.ndarray:
        """Return Student t shocks of variance 1."""
        return np.asarray(generator.standard_t(6, size=shape) / np.sqrt(6 / 4))

    market, groups, own = shocks(count), shocks(count, 7), shocks(count, len(funds))
    storm = np.exp(spell) / np.sqrt(np.mean(np.exp(2 * spell)))
    prices = []
    for at, (drift, volatility, share, group) in enumerate(funds):
        rest = np.sqrt(1 - share**2)
        shock = share * market * storm + rest * (0.45 * groups[:, group] + np.sqrt(1 - 0.45**2) * own[:, at])
        shock -= 0.9 * shock.mean()  # four years of luck would hide what the funds are meant to earn
        prices.append(100 * np.cumprod(1 + drift / 252 + volatility / np.sqrt(252) * shock))
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", *FUNDS])
        for day, row in zip(days, np.transpose(prices), strict=True):
            writer.writerow([str(day), *(f"{price:.2f}" for price in row)])


def write_furnace(path: Path) -> None:
    """Write eight hours of an imaginary furnace, a row a minute, whose series drive each other at known lags.

    The weather drives the gas 2 minutes later, the gas the carbon monoxide after 3 (too little or too much of it burns
    badly, so no correlation shows it) and the steam after 4, the steam the power after 1.
    """
    minutes = 480
    noise = np.random.default_rng(SEED + 4).normal(size=(minutes + 50, 5))
    outdoor, gas, burnt, steam, power = np.zeros((5, minutes + 50))
    for t in range(4, minutes + 50):
        outdoor[t] = 0.6 * outdoor[t - 1] + 0.8 * noise[t, 0]
        gas[t] = 0.3 * gas[t - 1] - 0.6 * outdoor[t - 2] + 0.6 * noise[t, 1]
        burnt[t] = 0.3 * burnt[t - 1] + 0.7 * (gas[t - 3] ** 2 - 1) + 0.4 * noise[t, 2]
        steam[t] = 0.4 * steam[t - 1] + 0.6 * gas[t - 4] + 0.5 * noise[t, 3]
        power[t] = 0.3 * power[t - 1] + 0.8 * steam[t - 1] + 0.5 * noise[t, 4]
    columns = {
        "outdoor_c": 4 + 1.5 * outdoor,
        "gas_m3h": 120 + 15 * gas,
        "co_ppm": 80 + 12 * burnt,
        "steam_t_h": 9 + 0.8 * steam,
        "power_mw": 3 + 0.25 * power,
    }
    start = datetime(2025, 2, 3, 8)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", *columns])
        for minute, row in enumerate(np.transpose([values[50:] for values in columns.values()])):
            time = (start + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%MZ")
            writer.writerow([time, *(f"{value:.2f}" for value in row)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
