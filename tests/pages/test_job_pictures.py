"""Looks that come together share one drawing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages._job_pictures import KEPT_S, MOST, Pictures
from pages._job_records import View


def view(state: str = "done") -> View:
    return View(None, None, False, state)


def test_who_comes_while_it_is_drawn_waits_for_the_same_drawing() -> None:
    pictures, drawings = Pictures(), []
    is_drawing, may_end = threading.Event(), threading.Event()

    def draw() -> View:
        drawings.append(view())
        is_drawing.set()
        assert may_end.wait(60)
        return drawings[-1]

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(pictures.see, "job", draw)
        assert is_drawing.wait(60)
        later = [pool.submit(pictures.see, "job", draw) for _ in range(2)]
        may_end.set()
        seen = [each.result(60) for each in (first, *later)]
    assert len(drawings) == 1
    assert all(each is drawings[0] for each in seen)


def test_it_is_drawn_again_when_its_time_is_over_and_for_another_job() -> None:
    now = [100.0]
    pictures = Pictures(clock=lambda: now[0])
    first = pictures.see("job", view)
    assert pictures.see("job", view) is first
    assert pictures.see("other", view) is not first
    now[0] += KEPT_S + 1
    assert pictures.see("job", view) is not first


def test_a_drawing_that_fails_is_told_to_everybody_and_tried_again() -> None:
    pictures = Pictures()
    with pytest.raises(ZeroDivisionError):
        pictures.see("job", lambda: view(str(1 // 0)))
    assert pictures.see("job", view) == view()


def test_it_keeps_no_more_than_a_few() -> None:
    pictures = Pictures()
    first = pictures.see(0, view)
    for key in range(1, MOST + 1):
        pictures.see(key, view)
    assert pictures.see(0, view) is not first
