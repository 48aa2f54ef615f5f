"""What each bundled sample is, where it comes from and under which licence. README.md says the same in a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_STATSMODELS = "taken from statsmodels 0.15.0"


@dataclass(frozen=True)
class Sample:
    """One bundled series."""

    slug: str
    title: str
    about: str
    source: str
    licence: str

    @property
    def path(self) -> Path:
        """The file it is in."""
        return FOLDER / f"{self.slug}.csv"


_ALL = (
    Sample(
        "air-passengers",
        "Airline passengers",
        "Monthly international airline passengers in thousands, 1949-1960: growth, and a season that grows with it.",
        "Box and Jenkins, Time Series Analysis (1970), series G; taken from statsforecast 2.1.1",
        "Apache-2.0",
    ),
    Sample(
        "electric-load",
        "Electric load",
        "Hourly load of an imaginary town in MW over twelve weeks: a daily and a weekly rhythm, and the weather.",
        "invented, by services/samples/make.py",
        "CC0-1.0",
    ),
    Sample(
        "co2-mauna-loa",
        "CO2 at Mauna Loa",
        "Weekly CO2 in the air at Mauna Loa in ppm, 1958-2001, with weeks missing.",
        f"Keeling and Whorf (2004), Carbon Dioxide Information Analysis Center; {_STATSMODELS}",
        "public domain",
    ),
    Sample(
        "sunspots",
        "Sunspots",
        "Yearly number of sunspots, 1700-2008: a cycle of about eleven years that is no calendar's.",
        f"National Geophysical Data Center; {_STATSMODELS}",
        "public domain",
    ),
    Sample(
        "nile",
        "Flow of the Nile",
        "Yearly flow of the Nile at Aswan in 10^8 m3, 1871-1970: a level that drops in 1899.",
        f"Cobb, Biometrika 65 (1978) 243-251; {_STATSMODELS}",
        "public domain",
    ),
    Sample(
        "el-nino",
        "El Niño",
        "Monthly sea surface temperature of the eastern Pacific in °C, 1950-2010.",
        f"National Oceanic and Atmospheric Administration, ERSST.V3B, Nino 1+2; {_STATSMODELS}",
        "public domain",
    ),
    Sample(
        "us-macro",
        "Economy of the United States",
        "Quarterly GDP, consumption and investment in billions of 2005 dollars, unemployment and inflation in %.",
        f"Federal Reserve Economic Data and Bureau of Labor Statistics; {_STATSMODELS}",
        "public domain",
    ),
    Sample(
        "drone-flight",
        "Drone over a field",
        "Position of an imaginary drone in m, once a second for five minutes: lanes and turns, lost fixes, one echo.",
        "invented, by services/samples/make.py",
        "CC0-1.0",
    ),
    Sample(
        "imaginary-funds",
        "Imaginary funds",
        "Daily prices of twelve funds that do not exist, over four years: simulated, to try portfolios on.",
        "invented, by services/samples/make.py",
        "CC0-1.0",
    ),
    Sample(
        "imaginary-furnace",
        "Imaginary furnace",
        "Gas, carbon monoxide, steam and power of a furnace that does not exist, a row a minute: who drives whom?",
        "invented, by services/samples/make.py",
        "CC0-1.0",
    ),
    Sample(
        "messy-sales",
        "Messy sales",
        "Daily sales with everything that goes wrong in spreadsheets. Look at what the audit finds, and repair it.",
        "invented, by services/samples/make.py",
        "CC0-1.0",
    ),
)
SAMPLES: Mapping[str, Sample] = {sample.slug: sample for sample in _ALL}
