"""The risk page without a history: what given moments tell is drawn, the rest is left out."""

from typing import Any

from app import create_app
from compute.job import ignore_progress
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.run import measure_risk
from pages._job_records import Finished
from services.submission import submit_job
from services.workspace import Workspace
from tests.pages.conftest import texts_of

ASSETS: dict[str, Any] = {"expected_returns": {"oak": 0.08, "elm": 0.05}, "covariance": [[0.04, 0.01], [0.01, 0.02]]}


def test_moments_are_drawn_without_the_curves_of_a_history(web: Workspace) -> None:
    create_app(web.settings)
    import pages.risk as page

    asked = {"assets": ASSETS}
    result = measure_risk(RiskRequest.model_validate(asked), None, ignore_progress)
    done = Finished(submit_job(web, "risk", asked, owner="test"), result)
    words = texts_of(page.PAGE.draw(done, None))
    assert "What may it lose?" in words
    assert "Who brings the risk?" in words
    assert "What did it lose?" not in words
    answer = page.PAGE.answer(done, None)
    assert answer.graph == "assets"
    assert "In 95 % of cases" in answer.sentence
