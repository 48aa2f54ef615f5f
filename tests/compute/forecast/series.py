"""Real series the forecasting tests share, and the models of statsmodels they are compared with."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from statsmodels import datasets
from statsmodels.tsa.statespace.sarimax import SARIMAX

from compute.forecast.sarima.orders import Orders

Array = NDArray[np.float64]

AIR_PASSENGERS_FILE = Path(__file__).parents[3] / "services" / "samples" / "air-passengers.csv"


@cache
def air_passengers() -> Array:
    """Monthly airline passengers 1949-1960 (Box & Jenkins), (144,)."""
    with AIR_PASSENGERS_FILE.open(newline="") as file:
        return np.array([float(row["passengers"]) for row in csv.DictReader(file)])


@cache
def real_series() -> dict[str, Array]:
    """Series by name."""
    macro = datasets.macrodata.load_pandas().data
    return {
        "air passengers": air_passengers(),
        "log air passengers": np.log(air_passengers()),
        "sunspots": _column(datasets.sunspots, "SUNACTIVITY"),
        "nile": _column(datasets.nile, "volume"),
        "gdp": macro["realgdp"].to_numpy(dtype=np.float64),
        "inflation": macro["infl"].to_numpy(dtype=np.float64),
        "unemployment": macro["unemp"].to_numpy(dtype=np.float64),
        "el nino": datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(dtype=np.float64).ravel()[-360:],
    }


def statsmodels_of(orders: Orders, values: Array, **options: object) -> SARIMAX:
    """Return statsmodels' model of `values` with these orders."""
    seasonal = (orders.P, orders.D, orders.Q, orders.m if orders.P + orders.D + orders.Q else 0)
    trend = "c" if orders.has_mean else None
    return SARIMAX(values, order=(orders.p, orders.d, orders.q), seasonal_order=seasonal, trend=trend, **options)


def stationary(orders: Orders) -> Orders:
    """Return the orders of the differenced series."""
    return Orders(p=orders.p, d=0, q=orders.q, P=orders.P, D=0, Q=orders.Q, m=orders.m, has_mean=orders.has_mean)


def _column(dataset: object, name: str) -> Array:
    return dataset.load_pandas().data[name].to_numpy(dtype=np.float64)  # type: ignore[attr-defined]
