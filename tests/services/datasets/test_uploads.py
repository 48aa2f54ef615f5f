"""Uploads: chunks become the file, whatever goes wrong on the way, and nothing is left of what is given up."""

import errno
import hashlib
import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.datasets.uploads import (
    IncompleteUploadError,
    StorageFullError,
    UnknownUploadError,
    UploadStore,
    UploadTooLargeError,
    WrongOffsetError,
)


class BrokenStream:
    """Gives some bytes, then fails."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self._content = io.BytesIO(content)
        self._error = error

    def read(self, size: int, /) -> bytes:
        if piece := self._content.read(size):
            return piece
        raise self._error


@pytest.fixture
def store(tmp_path: Path) -> UploadStore:
    return UploadStore(tmp_path / "uploads", limit_bytes=1000, chunk_limit_bytes=400)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_chunks_in_order_make_the_file(store: UploadStore, chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    upload = store.create("a.csv", len(whole))
    offset = 0
    for chunk in chunks:
        offset = store.append(upload, offset, io.BytesIO(chunk))
        assert offset == store.offset(upload) == store.describe(upload).received_bytes
    finished = store.finish(upload, hashlib.sha256(whole).hexdigest())
    assert finished.sha256 == hashlib.sha256(whole).hexdigest()
    assert store.path(upload).read_bytes() == whole
    assert store.finish(upload) == finished
    assert store.remove(upload)


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_a_chunk_at_another_offset_is_refused_and_told_the_right_one(store: UploadStore, offset: int) -> None:
    upload = store.create("a.csv")
    store.append(upload, 0, io.BytesIO(b"abc"))
    with pytest.raises(WrongOffsetError) as refused:
        store.append(upload, offset, io.BytesIO(b"d"))
    assert refused.value.expected == 3
    assert store.path(upload).read_bytes() == b"abc"


@pytest.mark.parametrize(("size", "announced"), [(401, None), (401, 1000), (11, 10)])
def test_a_chunk_that_is_too_large_leaves_the_file_as_it_was(
    store: UploadStore, size: int, announced: int | None
) -> None:
    upload = store.create("a.csv", announced)
    store.append(upload, 0, io.BytesIO(b"abc"))
    with pytest.raises(UploadTooLargeError):
        store.append(upload, 3, io.BytesIO(b"x" * size))
    assert store.path(upload).read_bytes() == b"abc"


def test_no_number_of_chunks_exceeds_the_limit(store: UploadStore) -> None:
    upload = store.create("a.csv")
    for offset in (0, 400):
        store.append(upload, offset, io.BytesIO(b"x" * 400))
    with pytest.raises(UploadTooLargeError):
        store.append(upload, 800, io.BytesIO(b"x" * 201))
    assert store.append(upload, 800, io.BytesIO(b"x" * 200)) == 1000


def test_a_file_larger_than_the_limit_is_refused_before_its_first_byte(store: UploadStore) -> None:
    with pytest.raises(UploadTooLargeError):
        store.create("a.csv", 1001)


def test_what_arrived_before_the_connection_broke_is_kept_to_go_on_from(store: UploadStore) -> None:
    upload = store.create("a.csv")
    with pytest.raises(ConnectionResetError):
        store.append(upload, 0, BrokenStream(b"abc", ConnectionResetError()))
    assert store.append(upload, 3, io.BytesIO(b"def")) == 6
    assert store.path(upload).read_bytes() == b"abcdef"


def test_a_full_disk_is_told_and_the_chunk_undone(store: UploadStore) -> None:
    upload = store.create("a.csv")
    store.append(upload, 0, io.BytesIO(b"abc"))
    with pytest.raises(StorageFullError):
        store.append(upload, 3, BrokenStream(b"def", OSError(errno.ENOSPC, "full")))
    assert store.offset(upload) == 3


def test_a_file_that_cannot_fit_on_the_disk_is_refused_at_once(tmp_path: Path) -> None:
    store = UploadStore(tmp_path, limit_bytes=2**62)
    with pytest.raises(StorageFullError):
        store.create("a.csv", 2**61)


@pytest.mark.parametrize(("announced", "checksum"), [(4, None), (3, "0" * 64)])
def test_an_upload_that_is_not_what_was_announced_cannot_be_finished(
    store: UploadStore, announced: int, checksum: str | None
) -> None:
    upload = store.create("a.csv", announced)
    store.append(upload, 0, io.BytesIO(b"abc"))
    with pytest.raises(IncompleteUploadError):
        store.finish(upload, checksum)
    assert not store.describe(upload).is_complete


def test_two_senders_of_the_same_chunk_have_one_effect(store: UploadStore) -> None:
    upload = store.create("a.csv")
    outcomes: list[object] = []
    both = threading.Barrier(2)

    def send() -> None:
        both.wait()
        try:
            outcomes.append(store.append(upload, 0, io.BytesIO(b"x" * 300)))
        except WrongOffsetError as error:
            outcomes.append(error.expected)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [300, 300]
    assert store.offset(upload) == 300


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\sales.csv", "sales.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("", "upload"),
        ("/", "upload"),
        ("x" * 500, "x" * 200),
        ("Umsätze.csv", "Umsätze.csv"),
    ],
)
def test_a_file_name_is_a_label_and_never_a_path(store: UploadStore, name: str, label: str) -> None:
    upload = store.create(name)
    assert store.describe(upload).file_name == label
    assert store.path(upload).name == f"{upload}.data"


@pytest.mark.parametrize("upload", ["0" * 32, "../../../etc/passwd", "", "A" * 32])
def test_an_unknown_upload_is_unknown_to_every_question(store: UploadStore, upload: str) -> None:
    for ask in (store.offset, store.path, store.describe, store.finish):
        with pytest.raises(UnknownUploadError):
            ask(upload)
    assert not store.remove(upload)


def test_abandoned_uploads_are_swept_and_live_ones_kept(store: UploadStore, tmp_path: Path) -> None:
    old, young = store.create("old.csv"), store.create("young.csv")
    for path in (tmp_path / "uploads").glob(f"{old}.*"):
        os.utime(path, (0, 0))
    store.sweep()
    with pytest.raises(UnknownUploadError):
        store.offset(old)
    assert store.offset(young) == 0
    assert {path.stem for path in (tmp_path / "uploads").iterdir()} == {young}


def test_a_whole_file_may_be_larger_than_a_chunk(store: UploadStore) -> None:
    upload = store.receive("a.csv", io.BytesIO(b"x" * 900))
    assert (upload.is_complete, upload.size_bytes) == (True, 900)


@pytest.mark.parametrize("error", [ConnectionResetError(), OSError(errno.ENOSPC, "full")])
def test_nothing_is_left_of_a_whole_file_that_broke(store: UploadStore, tmp_path: Path, error: OSError) -> None:
    with pytest.raises(OSError):  # noqa: PT011  # either error is one, and which does not matter here
        store.receive("a.csv", BrokenStream(b"abc", error))
    with pytest.raises(UploadTooLargeError):
        store.receive("a.csv", io.BytesIO(b"x" * 1001))
    assert list((tmp_path / "uploads").iterdir()) == []
