"""Any text is the same in any character set, and what is none stays none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.csv.text.charset import Encoding, size_in, to_utf8

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "windows-1252")


@given(st.binary(max_size=40), st.sampled_from(ENCODINGS))
def test_any_bytes_are_read_and_their_size_is_known_again(data: bytes, encoding: Encoding) -> None:
    assert size_in(to_utf8(data, encoding), encoding) == len(data)


@given(st.text(max_size=40), st.sampled_from(("utf-8", "utf-16-le", "utf-16-be")))
def test_a_text_is_the_same_in_any_of_them(text: str, encoding: Encoding) -> None:
    assert to_utf8(text.encode(encoding), encoding) == text.encode()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a\x00b", "utf-16-le"),
        (b"\x00\xd8a\x00", "utf-16-le"),
        (b"\xd8\x00", "utf-16-be"),
        (b"\x81", "windows-1252"),
    ],
)
def test_what_is_not_text_is_none_in_utf_8_either(data: bytes, encoding: Encoding) -> None:
    with pytest.raises(UnicodeDecodeError):
        to_utf8(data, encoding).decode("utf-8")
