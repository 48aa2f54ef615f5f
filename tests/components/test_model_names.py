"""Names of fitted models where there is little room."""

import pytest

from components.model_names import beginning


@pytest.mark.parametrize(
    ("description", "short"),
    [
        ("ARIMA(1,1,1)", "ARIMA(1,1,1)"),
        (
            "Average of ARIMA(3,0,0)(0,1,1)[12] with drift 63%, ARIMA(3,0,0)(1,1,1)[12] 20%",
            "ARIMA(3,0,0)(0,1,1)[12] with drift and others",
        ),
        ("ETS(M,N,A)[12] 18 % + ETS(M,N,M)[12] 18 % + ETS(M,A,A)[12] 17 %", "ETS(M,N,A)[12] and others"),
        ("a" * 50, "a" * 40 + " …"),
    ],
)
def test_the_first_of_many_models_stands_for_all_of_them(description: str, short: str) -> None:
    assert beginning(description) == short
