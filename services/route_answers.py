"""What the route child answers. It knows the last maps and grounds. Starting and ending it is in `route_child`."""

import time

from compute.planning.quick_route.request import RouteRequest
from compute.planning.quick_route.run import Grounds, quick_route
from compute.planning.recent import Recent
from compute.planning.scene import Map
from compute.schema import RequestError
from services.jobs.memory import is_out_of_memory, lift_memory_limit
from services.route_words import FAILED, FOUND, KEPT_MAPS, NO_MEMORY, REFUSED, Question, problems_json


class Answers:
    """Answers questions one after the other."""

    def __init__(self) -> None:
        self._maps: Recent[bytes, Map] = Recent(KEPT_MAPS)
        self._grounds = Grounds()

    def answer(self, message: bytes) -> bytes:
        """Return the answer to a question: its first letter says which kind it is."""
        try:
            question = Question.from_bytes(message)
            world = self._maps.keep(question.key, lambda: Map.model_validate_json(question.map_json))
            request = RouteRequest.model_validate_json(question.rest).model_copy(update={"map": world})
            result = quick_route(request, self._grounds, time.perf_counter, question.key)
            return FOUND + result.model_dump_json().encode()
        except RequestError as error:
            return REFUSED + problems_json(error.problems)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next question may be answered
            if is_out_of_memory(error):
                lift_memory_limit()
                return NO_MEMORY
            return FAILED + f"{type(error).__name__}: {error}".encode()
