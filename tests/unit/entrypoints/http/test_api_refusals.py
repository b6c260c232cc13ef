"""Hostile and mistaken requests: each gets a clear refusal, never a server error and never silence."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote as percent_encoded

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.application.query.list_cursor import cursor_after
from crypto.domain.market_data import CoinFilter, QuoteFilter
from crypto.entrypoints.http.kit.problem_codes import PROBLEMS, ProblemCode
from tests.support.api import Answer, Served, ask, calling, quote

DATA, COINS, RUNS = "/api/v1/data", "/api/v1/coins", "/api/v1/runs"
PARAMETERS = (
    *("page", "page_size", "source", "coin_id", "symbol", "cursor", "as_of"),
    *("observed_from", "observed_to", "ingested_from", "ingested_to"),
)


@pytest.fixture
def served() -> Served:
    return Served()


def problem_in(answer: Answer) -> dict[str, Any]:
    """The problem, checked for all that every problem has."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = msgspec.json.decode(answer.body)
    assert body["status"] == answer.status
    assert body["request_id"] == answer.headers["x-request-id"]
    kind = PROBLEMS[ProblemCode(body["code"])]
    assert (body["type"], body["title"]) == (f"/docs/problems#{body['code']}", kind.title)
    assert (body["status"], body["action"]) == (kind.status, kind.action)
    assert {"detail", "instance"} <= body.keys()
    assert "Traceback" not in body["detail"]
    return body


def token(*parts: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(parts)).rstrip(b"=").decode()


FORGED = token(1, b"12345678", datetime(2026, 1, 1, tzinfo=UTC), "bitcoin", "coingecko")
NAIVE = token(1, b"12345678", datetime(2026, 1, 1), "bitcoin", "coingecko")  # noqa: DTZ001 - it is the fault
FOREIGN = cursor_after((datetime(2026, 1, 1, tzinfo=UTC), "bitcoin", "coingecko"), QuoteFilter(symbol="btc"))
FORGED_COINS = [
    token(1, hashlib.sha256(msgspec.msgpack.encode(CoinFilter())).digest()[:8], *place)
    for place in (
        *(
            ("NaN", "a", "b"),
            ("sNaN", "a", "b"),
            ("-Infinity", "a", "b"),
            ("1E+99999", "a", "b"),
            ("-1", "a", "b"),
        ),
        *(("0", "a", "b"), ("1" * 81, "a", "b"), (None, "a\x00", "b"), (None, "a"), (None, "a", "b", "c"), ()),
    )
]

REFUSED = {
    "NUL in an id": ("coin_id=%00", "coin_id"),
    "NUL within a symbol": ("symbol=b%00tc", "symbol"),
    "NUL in a source": ("source=%00", "source"),
    "NUL in a number": ("page=%00", "page"),
    "NUL in a time": ("observed_from=2026-01-01T00:00:00Z%00", "observed_from"),
    "NUL in a cursor": ("cursor=%00", "cursor"),
    "a newline after a symbol": ("symbol=BTC%0A", "symbol"),
    "a newline after a source": ("source=csv%0A", "source"),
    "a newline after a time": ("as_of=2026-01-01T00:00:00Z%0A", "as_of"),
    "a newline after a number": ("page=1%0A", "page"),
    "a terminal's escape": ("symbol=%1B%5B2J", "symbol"),
    "a C1 control character": ("symbol=%C2%9B2J", "symbol"),
    "a replacement character": ("coin_id=%EF%BF%BD", "coin_id"),
    "invalid UTF-8": ("coin_id=%FF", "coin_id"),
    "overlong UTF-8": ("coin_id=%C0%80", "coin_id"),
    "a surrogate": ("coin_id=%ED%A0%80", "coin_id"),
    "a broken escape": ("coin_id=%zz", "coin_id"),
    "a cut escape": ("coin_id=100%", "coin_id"),
    "invalid UTF-8 in a name": ("%FF=1", "a parameter's name"),
    "page below 0": ("page=-1", "page"),
    "page 0": ("page=0", "page"),
    "page 10^23": ("page=100000000000000000000000", "page"),
    "page too deep": ("page=1000000000", "page"),
    "page as a fraction": ("page=1.5", "page"),
    "page with an exponent": ("page=1e3", "page"),
    "page with a plus": ("page=%2B1", "page"),
    "page with spaces": ("page=+1+", "page"),
    "page with underscores": ("page=1_0", "page"),
    "page in other digits": ("page=%D9%A1", "page"),
    "page as a superscript": ("page=%C2%B2", "page"),
    "page as a word": ("page=null", "page"),
    "page_size 0": ("page_size=0", "page_size"),
    "page_size below 0": ("page_size=-1", "page_size"),
    "page_size 1001": ("page_size=1001", "page_size"),
    "page_size 10^23": ("page_size=100000000000000000000000", "page_size"),
    "page_size of 5000 digits": (f"page_size={'9' * 5000}", "page_size"),
    "limit": ("limit=-1", "limit"),
    "offset 10^9": ("offset=1000000000", "offset"),
    "an unknown parameter": ("price_gt=5", "price_gt"),
    "a misspelt parameter": ("Source=csv", "Source"),
    "a repeated parameter": ("source=csv&source=coingecko", "source"),
    "a parameter repeated in disguise": ("page=1&p%61ge=1", "page"),
    "too many coins": ("&".join(f"coin_id=coin-{number}" for number in range(51)), "coin_id"),
    "a coin without an id among others": ("coin_id=bitcoin&coin_id=", "coin_id"),
    "an empty parameter": ("source=", "source"),
    "a parameter without a value": ("page", "page"),
    "nothing between ampersands": ("page=1&&page_size=1", ""),
    "an unknown source": ("source=nosuch", "source"),
    "a source in other case": ("source=CSV", "source"),
    "an id too long": (f"coin_id={'a' * 513}", "coin_id"),
    "an id too long in bytes": (f"coin_id={percent_encoded('é' * 257)}", "coin_id"),
    "a symbol too long": (f"symbol={'a' * 1001}", "symbol"),
    "a naive time": ("observed_from=2026-01-01T00:00:00", "observed_from"),
    "a date": ("observed_to=2026-01-01", "observed_to"),
    "a unix time": ("ingested_from=1767225600", "ingested_from"),
    "a negative unix time": ("ingested_to=-1", "ingested_to"),
    "the 30th of February": ("as_of=2026-02-30T00:00:00Z", "as_of"),
    "hour 24": ("as_of=2026-02-01T24:00:00Z", "as_of"),
    "a leap second": ("as_of=2016-12-31T23:59:60Z", "as_of"),
    "an offset of 99 hours": ("as_of=2026-02-01T00:00:00%2B99:00", "as_of"),
    "nanoseconds": ("as_of=2026-02-01T00:00:00.123456789Z", "as_of"),
    "before the year 1 in UTC": ("observed_from=0001-01-01T00:00:00%2B14:00", "observed_from"),
    "after the year 9999 in UTC": ("observed_to=9999-12-31T23:59:59-14:00", "observed_to"),
    "the year 0": ("observed_to=0000-01-01T00:00:00Z", "observed_to"),
    "a week date": ("observed_to=2026-W01-1T00:00:00Z", "observed_to"),
    "a range that holds no moment": (
        "observed_from=2026-11-02T10:00:00Z&observed_to=2026-11-02T10:00:00Z",
        "observed_to",
    ),
    "a moment too recent": ("as_of=2026-11-02T11:59:30Z", "as_of"),
    "a moment to come": ("as_of=9999-12-31T23:59:59Z", "as_of"),
    "a cursor of noise": ("cursor=abcdefgh", "cursor"),
    "a cursor with padding": ("cursor=YQ%3D%3D", "cursor"),
    "a cursor too long": (f"cursor={'a' * 1025}", "cursor"),
    "a forged cursor": (f"cursor={FORGED}", "cursor"),
    "a naive cursor": (f"cursor={NAIVE}", "cursor"),
    "a foreign cursor": (f"cursor={FOREIGN}", "cursor"),
    "a cursor and a page": (f"page=1&cursor={FOREIGN}", "page"),
}


@pytest.mark.parametrize(("query", "parameter"), REFUSED.values(), ids=REFUSED.keys())
async def test_data_refuses_and_names_the_parameter(served: Served, query: str, parameter: str) -> None:
    answer = await ask(served.app, DATA, query.encode())
    body = problem_in(answer)
    assert (answer.status, body["parameter"], body["instance"]) == (400, parameter, DATA)
    assert served.errors == []


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page_size=1001",
        "source=nosuch",
        "coin_id=bitcoin",
        "page=1&page=2",
        "source=",
        "page=9" + "0" * 23,
    ],
)
async def test_runs_refuse_too(served: Served, query: str) -> None:
    answer = await ask(served.app, RUNS, query.encode())
    assert problem_in(answer)["status"] == 400


@pytest.mark.parametrize(
    "path", ["/", "/api/v1", "/api/v1/stats", "/api/v1/sources", "/api/v1/health", "/api/v1/health/live"]
)
async def test_paths_without_parameters_refuse_any(served: Served, path: str) -> None:
    body = problem_in(await ask(served.app, path, b"page=1"))
    assert (body["status"], body["parameter"]) == (400, "page")
    assert "there are none" in body["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page=0", "page"),
        ("page_size=1001", "page_size"),
        ("source=nosuch", "source"),
        ("symbol=%00", "symbol"),
        ("coin_id=bitcoin", "coin_id"),
        ("as_of=2026-01-01T00:00:00Z", "as_of"),
        ("order=price", "order"),
        ("symbol=btc&symbol=eth", "symbol"),
        (f"cursor={FOREIGN}", "cursor"),
        (f"cursor={FOREIGN}&page=1", "page"),
        *((f"cursor={each}", "cursor") for each in FORGED_COINS),
    ],
)
async def test_coins_refuse_and_name_the_parameter(served: Served, query: str, parameter: str) -> None:
    answer = await ask(served.app, COINS, query.encode())
    assert (answer.status, problem_in(answer)["parameter"]) == (400, parameter)
    assert served.errors == []


@pytest.mark.parametrize(
    ("coin_id", "status", "said"),
    [
        ("nosuch", 404, "no source knows a coin 'nosuch'; an id is compared byte for byte"),
        ("btc", 404, "did you mean 'bitcoin' (coingecko), 'wrapped' (coingecko)?"),
        ("Bitcoin", 404, "did you mean 'bitcoin' (coingecko)?"),
        ("bitcion", 404, "did you mean 'bitcoin' (coingecko)?"),
        ("Wraped Coin", 404, "did you mean 'wrapped' (coingecko)?"),
        ("nosuch", 404, "see the list, `crypto coins` or /coins, which takes a symbol, too"),
        ("many", 404, "did you mean 'many-0' (coingecko), 'many-1' (coingecko), 'many-2' (coingecko) or 4 more?"),
        ("%00", 400, "control character"),
        ("%FF", 400, "not UTF-8"),
        ("%zz", 400, "without two hex digits"),
        ("a" * 513, 400, "at most 512 bytes"),
    ],
)
async def test_an_id_that_no_source_has_is_a_problem_that_helps(
    served: Served, coin_id: str, status: int, said: str
) -> None:
    many = [quote(f"many-{number}", symbol="many") for number in range(7)]
    await served.ingest(quote("bitcoin", symbol="btc"), quote("wrapped", symbol="BTC", name="Wrapped Coin"), *many)
    async with calling(served) as client:
        answer = await client.get(f"{COINS}/{coin_id}")
    body = answer.json()
    assert (answer.status_code, body["status"], body["parameter"]) == (status, status, "coin_id")
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in body["detail"]


async def test_a_coin_takes_no_parameter(served: Served) -> None:
    body = problem_in(await ask(served.app, f"{COINS}/bitcoin", b"source=csv"))
    assert (body["status"], body["parameter"]) == (400, "source")


async def test_a_refusal_says_what_would_be_taken(served: Served) -> None:
    size = problem_in(await ask(served.app, DATA, b"page_size=1001"))
    source = problem_in(await ask(served.app, DATA, b"source=nosuch"))
    assert size["detail"] == "page_size must be a whole number from 1 to 1000; it is '1001'"
    assert source["detail"] == "source must be one of coingecko, coinpaprika, csv; it is 'nosuch'"


async def test_runs_of_a_source_that_there_is_not_name_the_source(served: Served) -> None:
    body = problem_in(await ask(served.app, RUNS, b"source=nosuch"))
    assert (body["status"], body["parameter"]) == (400, "source")


async def test_a_cursor_of_another_list_is_refused_and_its_own_list_takes_it(served: Served) -> None:
    await served.ingest(quote(symbol="btc"), quote("wrapped", symbol="btc"))
    own = await ask(served.app, DATA, b"symbol=btc&page_size=1")
    cursor = msgspec.json.decode(own.body)["next_cursor"].encode()
    taken = await ask(served.app, DATA, b"symbol=btc&page_size=1&cursor=" + cursor)
    refused = await ask(served.app, DATA, b"symbol=eth&page_size=1&cursor=" + cursor)
    assert (taken.status, refused.status) == (200, 400)


async def test_a_forged_cursor_with_a_nul_is_refused(served: Served) -> None:
    forged = cursor_after((datetime(2026, 1, 1, tzinfo=UTC), "bit\x00coin", "coingecko"), QuoteFilter())
    assert (await ask(served.app, DATA, f"cursor={forged}".encode())).status == 400


async def test_a_body_is_ignored(served: Served) -> None:
    async with calling(served) as client:
        deep = await client.request("GET", DATA, content=b"[" * 65_536)
        broken = await client.request(
            "GET", DATA, content=b"\xff\xfe", headers={"content-type": "application/json"}
        )
    assert (deep.status_code, broken.status_code) == (200, 200)


@pytest.mark.parametrize("path", [DATA, "/nothing", f"/{'a' * 9000}"])
async def test_a_url_over_8_kb_is_414(served: Served, path: str) -> None:
    answer = await ask(served.app, path, b"coin_id=" + b"a" * 8200)
    assert problem_in(answer)["status"] == 414


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/v2/data", "/api/v1/data/1", "/api/v1/data\x00", "/schema", "/%"]
)
async def test_what_there_is_not_is_404(served: Served, path: str) -> None:
    assert problem_in(await ask(served.app, path))["status"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PURGE"])
async def test_other_methods_are_405_with_allow(served: Served, method: str) -> None:
    answer = await ask(served.app, DATA, method=method)
    assert problem_in(answer)["status"] == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/*;q=0.1", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("", 200),
        ("text/csv", 406),
        ("text/html, application/xml", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0.000, */*", 406),
        ("*/*;q=0", 406),
        ("nonsense;;,", 406),
    ],
)
async def test_who_takes_no_json_is_told_so(served: Served, accept: str, status: int) -> None:
    async with calling(served) as client:
        response = await client.get(DATA, headers={"accept": accept})
    assert response.status_code == status
    assert response.headers["content-type"] == (
        "application/json" if status == 200 else "application/problem+json"
    )


NAMES = st.sampled_from([*PARAMETERS, "limit", "", "%70age", "a[]"])
VALUES = st.one_of(
    st.text(max_size=40).map(lambda text: percent_encoded(text.encode("utf-8", "surrogatepass"))),
    st.integers(-(10**25), 10**25).map(str),
    st.binary(max_size=40).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)),
    st.datetimes(timezones=st.none() | st.timezones()).map(lambda moment: percent_encoded(moment.isoformat())),
    st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()),
    st.sampled_from(
        ["%00", "%", "%f", "%EF%BF%BD", "null", "true", "[]", "{}", "'; drop table--", "NaN", "1e999"]
    ),
)
QUERIES = st.one_of(
    st.lists(st.tuples(NAMES, VALUES), max_size=4).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode()
    ),
    st.binary(max_size=80),
)


@given(path=st.sampled_from([DATA, COINS, RUNS]), query=QUERIES)
@example(path=DATA, query=b"\xff=\xfe")
@example(path=DATA, query=b"coin_id=\x00")
def test_no_query_whatever_breaks_the_server(path: str, query: bytes) -> None:
    served = Served()
    answer = asyncio.run(ask(served.app, path, query))
    assert answer.status in {200, 400}
    assert served.errors == []
    if answer.status == 400:
        assert "parameter" in problem_in(answer)


@given(parts=st.recursive(st.none() | st.integers(0, 2**63) | st.text() | st.binary(), st.lists, max_leaves=6))
def test_no_forged_cursor_breaks_the_server(parts: object) -> None:
    cursor = base64.urlsafe_b64encode(msgspec.msgpack.encode(parts)).rstrip(b"=")
    served = Served()
    for path in (DATA, COINS):
        answer = asyncio.run(ask(served.app, path, b"cursor=" + cursor))
        assert (answer.status, served.errors) == (400, [])
