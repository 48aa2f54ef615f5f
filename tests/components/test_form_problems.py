"""Problems stand at the control they blame."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.form import Form
from components.form.problems import NEEDED
from compute.schema import FieldProblem, field_problems
from services.tasks import TASKS

FORECAST = Form("forecast", TASKS["forecast"].request, advanced=("seed",))
REPAIR = Form("repair_dataset", TASKS["repair_dataset"].request)
EXAMPLE = FORECAST.fill({**TASKS["forecast"].example, "model": {"kind": "arima"}})


def placed(form: Form, values: dict[str, Any]) -> dict[str, str]:
    """What stands at which control when the form is read and judged."""
    data = form.read(values)
    with pytest.raises(ValidationError) as caught:
        form.schema.model_validate(data)
    answer = form.place(values, field_problems(caught.value, data))
    assert answer.elsewhere == ()
    return answer.at


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("horizon", 0, "greater than or equal to 1"),
        ("model/arima/p", 99, "less than or equal to 10"),
        ("levels", ["80", "80"], "repeat a value"),
        ("levels", ["80", "120"], "less than or equal to 99.9"),
        ("levels", ["eighty"], "'eighty' is refused"),
        ("season_length", 2.5, "integer"),
        ("seed", "many", "'many' is refused"),
        ("horizon", "", NEEDED),
        ("series/dataset/column", None, NEEDED),
        ("intervals", "guess", "'guess' is refused"),
    ],
)
def test_a_wrong_value_is_blamed_at_its_own_control(key: str, value: Any, words: str) -> None:
    at = placed(FORECAST, EXAMPLE | {key: value})
    assert list(at) == [key]
    assert words in at[key]


def test_where_one_of_several_must_be_ticked_none_is_blamed_there() -> None:
    risk = Form("risk", TASKS["risk"].request)
    assert placed(risk, risk.fill(TASKS["risk"].example) | {"methods": []}) == {"methods": NEEDED}


def test_a_limit_in_conflict_is_blamed_at_its_field_within_the_limits() -> None:
    form = Form("portfolio", TASKS["optimize"].request)
    values = form.fill({"assets": {"dataset": "imaginary-funds"}, "constraints": {"max_weight": 0.05}})
    problem = FieldProblem(loc=("constraints", "max_weight"), msg="12 assets at most 0.05 each sum to at most 0.6")
    assert form.place(values, [problem]).at == {"constraints/max_weight": problem.msg}


def test_a_wrong_value_in_pasted_series_is_blamed_at_the_text() -> None:
    values = EXAMPLE | {"series/form": "inline", "series/inline/values": "1\ntwo\n3"}
    assert "'two' is refused" in placed(FORECAST, values)["series/inline/values"]


def test_timestamps_that_do_not_match_are_blamed_within_the_series() -> None:
    values = EXAMPLE | {
        "series/form": "inline",
        "series/inline/values": "1 2",
        "series/inline/timestamps": "2025-01-01",
    }
    assert placed(FORECAST, values) == {
        "series/inline/values": "1 timestamps for 2 values; give one timestamp per value or none"
    }


def test_a_problem_in_a_row_is_blamed_at_that_row_although_rows_before_it_are_empty() -> None:
    values = REPAIR.fill({"dataset": "x", "repairs": []}) | {
        "repairs/1/kind": "interpolate",
        "repairs/1/interpolate/column": "",
    }
    assert placed(REPAIR, values) == {"repairs/1/interpolate/column": NEEDED}


def test_no_rows_at_all_is_blamed_at_the_first_row() -> None:
    values = REPAIR.fill({"dataset": "x", "repairs": []})
    assert placed(REPAIR, values) == {"repairs/0/kind": NEEDED}


def test_a_problem_of_a_record_in_a_list_is_told_at_its_own_control_although_that_may_be_empty() -> None:
    series = {"dataset": "x", "column": "y"}
    values = FORECAST.fill({"series": series, "regressors": [{"series": series}]})
    problems = [
        FieldProblem(loc=("regressors", 0, "future"), msg="no future values"),
        FieldProblem(loc=("regressors", 0, "series"), msg="79 values"),
        FieldProblem(loc=("regressors",), msg="another model"),
    ]
    assert FORECAST.place(values, problems).at == {
        "regressors/0/record/future": "no future values",
        "regressors/0/record/series/dataset/dataset": "79 values",
        "regressors/0/form": "another model",
    }


def test_several_problems_at_one_control_are_all_told() -> None:
    problems = [FieldProblem(loc=("levels", 0), msg="one"), FieldProblem(loc=("levels", 1), msg="two")]
    assert FORECAST.place(EXAMPLE, problems).at == {"levels": "one; two"}


def test_a_problem_that_no_control_shows_is_told_above_the_form() -> None:
    answer = FORECAST.place(
        EXAMPLE, [FieldProblem(loc=("colour",), msg="is not known"), FieldProblem(loc=(), msg="no")]
    )
    assert answer.elsewhere == ("colour: is not known", "no")


def test_a_problem_in_the_unchosen_model_is_told_above_the_form() -> None:
    naive = EXAMPLE | {"model/kind": "naive"}
    assert FORECAST.place(naive, [FieldProblem(loc=("model", "p"), msg="too big")]).at == {"model/kind": "too big"}


def test_a_problem_at_a_folded_control_unfolds_it() -> None:
    assert FORECAST.blames_advanced(FORECAST.place(EXAMPLE, [FieldProblem(loc=("seed",), msg="no")]))
    assert not FORECAST.blames_advanced(FORECAST.place(EXAMPLE, [FieldProblem(loc=("horizon",), msg="no")]))
