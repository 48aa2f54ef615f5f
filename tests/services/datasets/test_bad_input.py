"""Files that are broken, hostile or no tables: a sentence with the place, or a finding, never a crash."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.schema import RequestError
from tests.services.datasets.reading import parse

WIDE = b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b",".join([b"1"] * 100_000)

REFUSED = {
    "empty": (b"", "file is empty"),
    "blank": (b" \n\n\t\n", "file is empty"),
    "only a header": (b"date,value\n", "header but no rows"),
    "only delimiters": (b",,\n,,\n,,\n", "no value in any"),
    "NUL bytes": (b"a,b\n1,2\n3,\x00\n", "line 3 holds a NUL byte"),
    "binary": (bytes(range(1, 32)) * 50, "not look like a table"),
    "10^5 columns": (WIDE, "100000 columns; at most 2000"),
    "10^5 columns in one line": (b"1," * 100_000, "100001 columns; at most 2000"),
    "ragged throughout": (b"a,b,c\n" + b"1,2,3\n4,5\n6\n7,8\n9,1\n" * 3, "row 4 has 1"),
    "quote never closed": (b'a,b\n1,"x\n2,3\n4,5\n', "row 2 is never closed"),
    "endless quote": (b'a,b\n1,"' + b"x\n" * 60_000, "never closed"),
    "endless line": (b"a,b\n1," + b"x" * 3_000_000, "longer than"),
    "endless first line": (b"x" * 3_000_000, "longer than 1 MiB"),
    "gzip": (b"\x1f\x8b\x08rest", "gzip; unpack"),
    "old Excel": (b"\xd0\xcf\x11\xe0rest", "save it as XLSX"),
    "PDF": (b"%PDF-1.7", "PDF document"),
    "cut UTF-16": ("a,b\n1,2\n".encode("utf-16") + b"\x00\xd8", "UTF-16"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_no_table_is_refused_with_the_place(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse(tmp_path, content)
    assert refused.value.problems[0].loc == ("source",)
    assert message in str(refused.value)


def test_numbers_beyond_all_bounds_become_missing_and_are_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "a,b\n1,1e400\n2,inf\n3,-Infinity\n4,5\n")
    assert parsed.columns["b"] == [None, None, None, 5.0]
    finding = next(finding for finding in parsed.info.findings if finding.code == "infinite_values")
    assert finding.column == "b"
    assert finding.examples == ("row 2: +inf", "row 3: +inf", "row 4: -inf")


def test_mixed_cells_stay_text_and_the_strangers_are_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "a,b\n1,5\n2,broken\n3,7\n4,8\n")
    assert parsed.columns["b"] == ["5", "broken", "7", "8"]
    finding = next(finding for finding in parsed.info.findings if finding.code == "numbers_in_text")
    assert finding.examples == ("row 3: broken",)
    assert finding.repair == {"kind": "text_to_number", "column": "b"}


def test_formulas_are_text_and_nothing_runs(tmp_path: Path) -> None:
    parsed = parse(tmp_path, 'a,b\n=1+1,2\n"=HYPERLINK(""http://x"")",3\n')
    assert parsed.columns["a"] == ["=1+1", '=HYPERLINK("http://x")']


def test_a_time_column_that_is_none_is_blamed_with_its_first_bad_cell(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as refused:
        parse(tmp_path, "when,v\n2024-01-01,1\nsoon,2\n", time_column="when")
    assert refused.value.problems[0].loc == ("time_column",)
    assert "row 3 holds 'soon'" in str(refused.value)


def test_a_time_column_that_does_not_exist_is_blamed_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=re.escape("there is no column 'x'; there are: when, v")):
        parse(tmp_path, "when,v\n2024-01-01,1\n", time_column="x")


ALPHABET = st.sampled_from(
    [b",", b";", b"\n", b"\r", b'"', b"1", b"2.5", b"a", b"\xc3\xa4", b"\xff", b"\x00", b" ", b"="]
)
HEADS = st.sampled_from([b"", b"PAR1", b"PK\x03\x04", b"[{", b'{"a":', b"\xef\xbb\xbf", b"\xff\xfe", b"a,b\n1,2\n"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
@given(head=HEADS, tail=st.binary(max_size=200) | st.lists(ALPHABET, max_size=60).map(b"".join))
def test_no_bytes_crash_the_import(tmp_path: Path, head: bytes, tail: bytes) -> None:
    try:
        parsed = parse(tmp_path, head + tail)
    except RequestError as error:
        broken = [problem for problem in error.problems if not (problem.loc and problem.msg)]
        assert not broken  # refusing is one of two good answers
    else:
        assert parsed.info.rows > 0
        assert len({column.name for column in parsed.info.columns}) == len(parsed.info.columns)
        parsed.info.model_dump_json()
