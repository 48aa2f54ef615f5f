"""The maps of one installation: bundled ones that stay, saved ones that are kept, listed and deleted, never changed."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, RowMapping, delete, insert, select
from sqlalchemy.exc import IntegrityError

from compute.schema import RequestError
from services.maps.bundled import bundled_maps
from services.maps.records import KeptMap, MapSummary, NewMap
from services.maps.table import MAPS

MAX_LISTED = 500
_LISTED = (MAPS.c.id, MAPS.c.name, MAPS.c.source, MAPS.c.width, MAPS.c.height, MAPS.c.obstacles)


class MapStore:
    """Maps by id. A name belongs to one of them, whoever saved it."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._read_engine = engine.execution_options(reads_only=True)
        self._clock = clock
        MAPS.create(engine, checkfirst=True)

    def add(self, new: NewMap) -> KeptMap:
        """Keep a map and return it; RequestError for a name that is taken."""
        map_id, now = uuid.uuid4().hex, self._clock()
        row = {
            "id": map_id,
            "name": new.name,
            "source": new.source,
            "width": new.map.width,
            "height": new.map.height,
            "obstacles": len(new.map.obstacles),
            "created_at": now,
            "body": new.model_dump_json(exclude={"name", "source"}),
        }
        taken = any(each.name == new.name for each in bundled_maps().values())
        try:
            if not taken:
                with self._engine.begin() as connection:
                    connection.execute(insert(MAPS).values(row))
        except IntegrityError:
            taken = True
        if taken:
            msg = f"there is a map {new.name!r} already; choose another name, or delete that one first"
            raise RequestError.at("name", msg=msg)
        return _kept(row, new)

    def get(self, map_id: str) -> KeptMap | None:
        """Return the map, or None when there is none of that id."""
        if map_id in bundled_maps():
            return bundled_maps()[map_id]
        with self._read_engine.begin() as connection:
            row = connection.execute(select(MAPS).where(MAPS.c.id == map_id)).mappings().one_or_none()
        if row is None:
            return None
        body = NewMap.model_validate_json(f'{{"name":"kept",{row["body"][1:]}')
        return _kept(row, body)

    def page(self, limit: int = MAX_LISTED) -> tuple[MapSummary, ...]:
        """Return the saved maps, newest first, and then the bundled ones."""
        query = select(*_LISTED).order_by(MAPS.c.seq.desc()).limit(limit)
        with self._read_engine.begin() as connection:
            saved = [MapSummary(**row, kind="saved") for row in connection.execute(query).mappings()]
        names = MapSummary.model_fields
        bundled = [MapSummary(**{name: getattr(each, name) for name in names}) for each in bundled_maps().values()]
        return (*saved, *bundled)

    def delete(self, map_id: str) -> bool:
        """Delete a saved map; False when there is none of that id. Bundled ones stay."""
        gone = delete(MAPS).where(MAPS.c.id == map_id).returning(MAPS.c.id)
        with self._engine.begin() as connection:
            return connection.execute(gone).scalar_one_or_none() is not None


def _kept(row: RowMapping | dict[str, object], new: NewMap) -> KeptMap:
    return KeptMap(
        **{column.name: row[column.name] for column in _LISTED},
        kind="saved",
        created_at=datetime.fromtimestamp(float(str(row["created_at"])), UTC),
        **{name: getattr(new, name) for name in ("map", "start", "goal", "robot")},
    )
