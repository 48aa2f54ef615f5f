"""The models that forecast by themselves: what ensembles are made of and choices are made from."""

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, Naive, SeasonalNaive
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.theta import Theta

Single = Arima | AutoArima | Naive | SeasonalNaive | Drift | Ets | Theta | Lstm | Gru
"""Every model that stands alone. A new one is a file with a record and its name here."""
