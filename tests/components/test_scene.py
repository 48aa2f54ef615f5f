"""What the board, the figures and the tables of motion are told of plans and runs."""

import json
import math
from dataclasses import asdict
from typing import Any

import pytest
from dash.development.base_component import Component

from components.figures.motion_energy import PARTS, energy_chart, parts_chart, policies_chart, policies_height, signed
from components.scene import board, facts, plan_layers, run_layers
from components.scene.layers import MOST_ROWS, length_of, thinned
from components.scene.plan_layers import plan_line, policies_per_second
from components.scene.run_layers import run_line
from tests.components.motions import ENERGY, asked, driven, made_failure, made_plan, made_run
from tests.pages.conftest import texts_of


def text(part: Component) -> str:
    return texts_of(part)


def test_a_board_is_an_empty_box_that_the_browser_fills() -> None:
    made = board("motion").to_plotly_json()["props"]
    assert "children" not in made or made["children"] is None
    assert made["data-scene"] == "motion"


def test_a_plan_is_told_with_the_scene_it_answers() -> None:
    layers = plan_layers("job", asked(), made_plan(), "/table")
    assert layers.scene["map"]["obstacles"][0]["id"] == "post"
    assert layers.duration == 4.0
    assert layers.track[0] == [0.0, 1.0, 4.0]
    assert layers.track[-1] == [4.0, 9.0, 4.0]
    assert layers.alternatives[0]["length"] == pytest.approx(7.0)
    assert [each["probability"] for each in layers.policies] == [0.75, 0.25]
    assert layers.clearance == {"x": 5.0, "y": 4.0, "time": 2.0, "gap": 0.125, "nearest": "post"}
    assert layers.table == "/table"


def test_what_has_no_motion_has_its_proof_and_no_table() -> None:
    layers = plan_layers("job", asked(), made_failure(), "/table")
    assert layers.duration == 0
    assert layers.table is None
    assert layers.proof is not None
    assert layers.proof["width"] == 0.5


def test_a_run_is_told_with_what_was_believed_and_touched() -> None:
    layers = run_layers("job", driven(), made_run())
    assert layers.believed[0] == [0.0, 1.02, 4.0]
    assert layers.beliefs[0]["radius"] == 1.0
    assert layers.beliefs[0]["track"][0] == [0.0, 5.0, 4.0, 0.1]
    assert layers.searches == pytest.approx([0.0, 0.5, 1.0])
    assert layers.brakings == pytest.approx([0.3])
    assert layers.collisions[0]["is_robots_fault"]
    assert (layers.sensor_range, layers.field_of_view) == (4.0, 270)


@pytest.mark.parametrize(
    "layers",
    [
        plan_layers("job", asked(), made_plan()),
        plan_layers("job", asked(), made_failure()),
        run_layers("job", driven(), made_run()),
        run_layers("job", driven(), made_run(frames=(), min_clearance=None, total_time=0.0, collisions=())),
    ],
    ids=["plan", "failure", "run", "no run"],
)
def test_layers_are_json_without_nan(layers: Any) -> None:
    assert json.loads(json.dumps(layers.as_json(), allow_nan=False)) == json.loads(json.dumps(asdict(layers)))


def test_long_motions_are_thinned_to_their_ends() -> None:
    rows = [(0.01 * at, math.sin(at), 0.0) for at in range(10 * MOST_ROWS + 7)]
    kept = thinned(rows)
    assert len(kept) <= MOST_ROWS + 1
    assert kept[0] == [0.0, 0.0, 0.0]
    assert kept[-1] == [round(value, 4) for value in rows[-1]]
    assert thinned([]) == []
    assert length_of([]) == 0


def test_the_line_of_a_plan_says_what_was_found_and_whether_it_was_validated() -> None:
    line = plan_line(made_plan())
    for words in ("8.2000 m", "lower bound 8.0000 m", "0.125 m from post at 2.00 s", "500 policies at 2", "validated"):
        assert words in line
    assert "No motion" in plan_line(made_failure())
    assert policies_per_second(made_plan(policies_weighed=0)) is None
    assert "1 choice overruled" in run_line(made_run())


def test_the_parts_of_g_add_up_to_its_total_in_every_figure() -> None:
    assert sum(signed(ENERGY, part) for part in PARTS) == pytest.approx(ENERGY.total)
    bars = parts_chart(ENERGY).data[0]
    assert sum(bars.x) == pytest.approx(ENERGY.total)
    stacked = policies_chart(made_plan().policies)
    assert [sum(values) for values in zip(*(bar.x for bar in stacked.data), strict=True)] == [ENERGY.total] * 2
    assert len({bar.marker.pattern.shape for bar in stacked.data}) == len(stacked.data), "told apart without colour"
    lines = energy_chart(made_run().frames).data
    assert lines[0].name == "Total"
    assert len({line.line.dash for line in lines}) == len(lines)
    assert all(len(line.x) == 10 for line in lines), "nothing was chosen at the last moment"
    assert policies_height(made_plan().policies) > policies_height(())


def test_every_number_of_a_plan_has_its_definition() -> None:
    told = str(facts.plan_facts(made_plan(collision_probability=0.012)))
    assert "1.20 %" in told
    assert "2.50 % above it" in told
    for meaning in (facts.DEFINITIONS["clearance"], facts.DEFINITIONS["rate"]):
        assert meaning in told
    assert "unbounded" in str(facts.plan_facts(made_plan(min_clearance=None, clearance_at=None)))
    assert "Chosen" in text(facts.candidates_table(made_plan().candidates))
    assert "meets cart" in text(facts.candidates_table(made_plan().candidates))


def test_why_there_is_no_way_names_what_stands_in_it() -> None:
    reason, chain = facts.proof_words(made_failure())
    assert reason == "The passage is 0.5 m wide, narrower than the robot."
    assert "wall north, wall south" in chain
    assert "0.5000 m" in chain
    assert facts.sentence("") == ""
