"""The saved portfolios of one installation: they are kept, listed and deleted, never changed."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from compute.schema import RequestError
from services.saved_portfolios.records import NewPortfolio, SavedPortfolio
from services.saved_portfolios.table import PORTFOLIOS
from services.saved_portfolios.valuation import value_positions

MAX_LISTED = 500


class PortfolioStore:
    """Portfolios by id. A name belongs to one of them, whoever saved it."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._read_engine = engine.execution_options(reads_only=True)
        self._clock = clock
        PORTFOLIOS.create(engine, checkfirst=True)

    def add(self, new: NewPortfolio) -> SavedPortfolio:
        """Keep a portfolio and return it; RequestError for a name that is taken and for what does not add up."""
        positions, value, cash = value_positions(new)
        now = self._clock()
        kept = SavedPortfolio(
            id=uuid.uuid4().hex,
            created_at=datetime.fromtimestamp(now, UTC),
            positions=positions,
            value=value,
            cash=cash,
            **{name: getattr(new, name) for name in ("name", "assets", "figures", "job_id")},
        )
        row = {"id": kept.id, "name": kept.name, "created_at": now, "body": kept.model_dump_json()}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(PORTFOLIOS).values(row))
        except IntegrityError:
            msg = f"there is a portfolio {kept.name!r} already; choose another name, or delete that one first"
            raise RequestError.at("name", msg=msg) from None
        return kept

    def get(self, portfolio_id: str) -> SavedPortfolio | None:
        """Return the portfolio, or None when there is none of that id."""
        query = select(PORTFOLIOS.c.body).where(PORTFOLIOS.c.id == portfolio_id)
        with self._read_engine.begin() as connection:
            body = connection.execute(query).scalar_one_or_none()
        return None if body is None else SavedPortfolio.model_validate_json(body)

    def page(self, limit: int = MAX_LISTED) -> tuple[SavedPortfolio, ...]:
        """Return the portfolios, newest first."""
        query = select(PORTFOLIOS.c.body).order_by(PORTFOLIOS.c.seq.desc()).limit(limit)
        with self._read_engine.begin() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(SavedPortfolio.model_validate_json(body) for body in bodies)

    def delete(self, portfolio_id: str) -> bool:
        """Delete a portfolio; False when there is none of that id."""
        gone = delete(PORTFOLIOS).where(PORTFOLIOS.c.id == portfolio_id).returning(PORTFOLIOS.c.id)
        with self._engine.begin() as connection:
            return connection.execute(gone).scalar_one_or_none() is not None
