"""Records begin and end where the quotes say, and a chunk holds whole ones, byte for byte."""

from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.records import MAX_RECORD_LINES, Limits, split_records, take_chunk, text_lines

COMMAS = Dialect(delimiter=",")

nasty_text = st.text(alphabet='a1",;\n\r ', max_size=60).map(str.encode)


def cells(body: bytes) -> list[list[str]]:
    return [record.cells for record in split_records(text_lines(body), COMMAS)]


def chunks(body: bytes, limits: Limits) -> list[bytes]:
    found = []
    while body:
        beginning = body[: limits.size]
        chunk = take_chunk(beginning, COMMAS, limits=limits, at_end=len(beginning) == len(body))
        found.append(body[: chunk.size])
        body = body[chunk.size :]
    return found


def test_quotes_hold_delimiters_line_ends_and_quotes() -> None:
    assert cells(b'a,"b,\n""c""",d\r\ne\n') == [["a", 'b,\n"c"', "d"], ["e"]]


def test_a_line_with_a_stray_quote_costs_only_itself() -> None:
    records = list(split_records(text_lines(b'1,"Foo,5\n2,"Bar",6\n3,Baz,7\n'), COMMAS))
    assert [(record.first, record.cells, bool(record.problem)) for record in records] == [
        (0, [], True),
        (1, ["2", "Bar", "6"], False),
        (2, ["3", "Baz", "7"], False),
    ]


def test_a_quote_open_for_a_thousand_lines_was_none() -> None:
    body = b'1,"Foo,5\n' + b"2,Bar,6\n" * MAX_RECORD_LINES + b'",7\n'
    records = list(split_records(text_lines(body), COMMAS))
    assert [record.first for record in records if record.problem] == [0, MAX_RECORD_LINES + 1]
    assert len(records) == MAX_RECORD_LINES + 2


def test_a_cell_longer_than_the_reader_takes_is_a_problem_of_its_line() -> None:
    records = list(split_records(text_lines(b"x" * 200_000 + b"\nfine\n"), COMMAS))
    assert [bool(record.problem) for record in records] == [True, False]


def test_a_chunk_ends_between_records_and_says_how() -> None:
    limits = Limits(records=1, size=100)
    quoted = take_chunk(b'"a\nb",1\nc,2\n', COMMAS, limits=limits, at_end=True)
    assert (quoted.size, quoted.lines, quoted.end) == (8, 2, "line")
    assert take_chunk(b"c,2", COMMAS, limits=limits, at_end=True).end == "cut"
    assert take_chunk(b'c,"2\n', COMMAS, limits=limits, at_end=True).end == "quote"


def test_a_record_that_may_go_on_is_left_for_the_next_chunk() -> None:
    chunk = take_chunk(b'a,1\n"b\n', COMMAS, limits=Limits(), at_end=False)
    assert chunk.size == 4
    assert take_chunk(b"no line end yet", COMMAS, limits=Limits(), at_end=False).size == 0


@given(nasty_text, st.integers(min_value=1, max_value=5))
def test_any_chunks_put_together_are_the_text_and_its_records(body: bytes, records: int) -> None:
    parts = chunks(body, Limits(records=records))
    assert b"".join(parts) == body
    whole = [cell for cell in cells(body) if cell]
    assert [cell for part in parts for cell in cells(part) if cell] == whole


@given(nasty_text)
def test_chunks_bounded_by_size_agree_as_long_as_each_record_fits(body: bytes) -> None:
    longest = max((len(line) for line in body.split(b"\n")), default=0)
    parts = chunks(body, Limits(size=longest + 1))
    assert b"".join(parts) == body
