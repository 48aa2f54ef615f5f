"""What changed is made once and told to all who follow, without a backlog, to no more than may."""

import itertools
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from services.status_feed import LOOK_S, StatusFeed, Topic
from services.waiting import NoPlaceError


class World:
    """Two topics whose revisions are set by hand, on a clock that goes on at each look."""

    def __init__(self, places: int = 2) -> None:
        self.revisions = {"a": 0, "b": 0}
        self.made: list[str] = []
        self.is_broken = False
        ticks = itertools.count()
        topics = [Topic(name, partial(self._ask, name), partial(self._make, name)) for name in "ab"]
        self.feed = StatusFeed(topics, places, clock=lambda: LOOK_S * next(ticks))

    def _ask(self, name: str) -> int:
        if self.is_broken and name == "a":
            raise OperationalError("look", {}, Exception("locked"))
        return self.revisions[name]

    def _make(self, name: str) -> bytes:
        self.made.append(name)
        return str(self.revisions[name]).encode()


def test_all_topics_come_first_and_then_what_changes() -> None:
    world = World()
    following = world.feed.follow()
    assert [told.topic for told in next(following)] == ["a", "b"]
    world.revisions["b"] = 1
    assert [(told.topic, told.body) for told in next(following)] == [("b", b"1")]


def test_what_changed_is_made_once_for_all_who_follow() -> None:
    world = World(places=50)
    followers = [world.feed.follow() for _ in range(50)]
    assert all(len(next(each)) == 2 for each in followers)
    assert world.made == ["a", "b"]


def test_whoever_is_slow_or_comes_back_hears_the_newest_only() -> None:
    world = World()
    following = world.feed.follow()
    last = next(following)[-1].id
    for revision in (1, 2, 3):
        world.revisions["a"] = revision
        world.feed.after(0)
    assert [told.body for told in next(following)] == [b"3"]
    assert [(told.topic, told.body) for told in next(world.feed.follow(last))] == [("a", b"3")]


@pytest.mark.parametrize("told", ["", "garbage", "00000000-1", "-1", "x" * 5000])
def test_an_id_of_another_life_of_the_server_is_told_all(told: str) -> None:
    assert len(next(World().feed.follow(told))) == 2


def test_nothing_new_is_a_heartbeat() -> None:
    world = World()
    following = world.feed.follow(heartbeat_s=0.0)
    next(following)
    assert next(following) == []


def test_places_are_few_and_given_back_once() -> None:
    world = World(places=1)
    first = world.feed.follow()
    with pytest.raises(NoPlaceError):
        world.feed.follow()
    first.close()
    first.close()
    assert list(first) == []
    world.feed.follow()
    with pytest.raises(NoPlaceError):
        world.feed.follow()


def test_a_topic_that_cannot_be_read_is_told_later_and_holds_up_no_other() -> None:
    world = World()
    world.is_broken = True
    following = world.feed.follow()
    assert [told.topic for told in next(following)] == ["b"]
    world.is_broken = False
    assert [told.topic for told in next(following)] == ["a"]
