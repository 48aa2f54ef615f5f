"""Requests for routes as the child is asked them. A map that was asked about before is not read again."""

import hashlib
from typing import Any

import orjson
from pydantic import ValidationError

from compute.planning.quick_route.request import RouteRequest
from compute.planning.recent import Recent
from compute.planning.scene import Map
from compute.schema import RequestError, field_problems
from services.route_words import KEPT_MAPS, KEY_BYTES, Question

NO_MAP = Map(width=1, height=1)


class QuestionWriter:
    """Turns requests into questions, and remembers the last maps."""

    def __init__(self) -> None:
        self._maps: Recent[bytes, tuple[Map, bytes]] = Recent(KEPT_MAPS)

    def write(self, data: dict[str, Any]) -> Question:
        """Return JSON as a question; raise RequestError with each field that is wrong."""
        key = hashlib.blake2b(orjson.dumps(data.get("map")), digest_size=KEY_BYTES).digest()
        known = self._maps.get(key)
        try:
            request = RouteRequest.model_validate(data if known is None else data | {"map": known[0]})
        except ValidationError as error:
            raise RequestError(field_problems(error, data)) from error
        _, text = self._maps.keep(key, lambda: (request.map, request.map.model_dump_json().encode()))
        return Question(key, text, request.model_copy(update={"map": NO_MAP}).model_dump_json().encode())
