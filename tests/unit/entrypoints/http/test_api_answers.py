"""What the API answers: the data as stored, exact and dated, and how the service is."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.application.query.near_coins import MOST_SPELLED
from crypto.domain.run import RunStatus
from crypto.domain.schema_drift import FieldType, SchemaDrift
from tests.support.api import ALLOWANCES, Served, ask, calling, minutes_ago, quote
from tests.support.clock import NOON
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InMemory


class Prices(msgspec.Struct):
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None


class PriceList(msgspec.Struct):
    data: list[Prices]


@pytest.fixture
def served() -> Served:
    return Served()


async def test_data_has_the_shape_that_the_design_gives(served: Served) -> None:
    await served.ingest(quote(), quote("ethereum"))
    async with calling(served) as client:
        response = await client.get("/api/v1/data", params={"page": 1, "page_size": 1, "source": "coingecko"})
    body = response.json()
    assert list(body) == [
        "data", "total", "count", "page", "page_size", "next_cursor", "has_more",
        "unknown_coin_ids", "request_id", "api_latency_ms",
    ]  # fmt: skip
    assert body["data"] == [
        {
            "coin_id": "ethereum",
            "name": "Ethereum",
            "symbol": "eth",
            "price_usd": 110394.5,
            "market_cap": 2201000000000,
            "volume_24h": None,
            "source": "coingecko",
            "observed_at": "2026-11-02T11:59:30Z",
            "ingested_at": "2026-11-02T12:00:00Z",
            "stale_after": "2026-11-02T12:29:30Z",
            "unseen_since": None,
            "below_since": None,
            "page_id": 1,
            "position": 0,
        }
    ]
    assert (body["total"], body["page"], body["page_size"]) == (2, 1, 1)
    assert body["request_id"] == response.headers["x-request-id"]


async def test_several_coins_are_asked_for_at_once(served: Served) -> None:
    await served.ingest(*(quote(coin) for coin in ("bitcoin", "ethereum", "a,b", "tether")))
    query = "coin_id=bitcoin&coin_id=a,b&coin_id=bitcoin&page_size=1"
    seen: list[str] = []
    async with calling(served) as client:
        body = (await client.get(f"/api/v1/data?{query}")).json()
        while True:
            seen += [each["coin_id"] for each in body["data"]]
            assert (body["total"], body["unknown_coin_ids"]) == (2, [])
            if body["next_cursor"] is None:
                break
            body = (await client.get(f"/api/v1/data?{query}&cursor={body['next_cursor']}")).json()
        foreign = await client.get("/api/v1/data?coin_id=bitcoin&cursor=" + "lQHE")
    assert seen == ["bitcoin", "a,b"]
    assert foreign.status_code == 400


async def test_the_spelling_of_the_first_unknown_ids_only_is_looked_at(served: Served) -> None:
    await served.ingest(quote("ethereum"))
    asked = "&".join(f"coin_id=ethereu{letter}" for letter in "abcdefgh")
    async with calling(served) as client:
        told = (await client.get(f"/api/v1/data?{asked}")).json()["unknown_coin_ids"]
    assert [len(each["nearest"]) for each in told] == [1] * MOST_SPELLED + [0] * (8 - MOST_SPELLED)


async def test_each_id_that_nobody_knows_is_told_with_the_nearest(served: Served) -> None:
    await served.ingest(quote("bitcoin", symbol="BTC"), quote("ethereum"))
    await served.ingest(quote("btc-bitcoin", source="coinpaprika", symbol="BTC"), source="coinpaprika")
    async with calling(served) as client:
        several = (await client.get("/api/v1/data?coin_id=btc&coin_id=bitcoin&coin_id=nosuch")).json()
        of_source = (await client.get("/api/v1/data?coin_id=bitcoin&source=coinpaprika")).json()
        in_case = await client.get("/api/v1/data?coin_id=Ethereum")
        everything = (await client.get("/api/v1/data")).json()
    assert [each["coin_id"] for each in several["data"]] == ["bitcoin"]
    assert several["unknown_coin_ids"] == [
        {
            "coin_id": "btc",
            "nearest": [
                {"coin_id": "bitcoin", "source": "coingecko"},
                {"coin_id": "btc-bitcoin", "source": "coinpaprika"},
            ],
        },
        {"coin_id": "nosuch", "nearest": []},
    ]
    assert (of_source["data"], of_source["unknown_coin_ids"]) == (
        [],
        [{"coin_id": "bitcoin", "nearest": [{"coin_id": "btc-bitcoin", "source": "coinpaprika"}]}],
    )
    assert in_case.status_code == 200
    assert (in_case.json()["data"], in_case.json()["unknown_coin_ids"]) == (
        [],
        [{"coin_id": "Ethereum", "nearest": [{"coin_id": "ethereum", "source": "coingecko"}]}],
    )
    assert everything["unknown_coin_ids"] == []


async def test_a_known_coin_without_a_quote_in_the_range_is_not_unknown(served: Served) -> None:
    await served.ingest(quote("bitcoin"))
    async with calling(served) as client:
        body = (await client.get("/api/v1/data?coin_id=bitcoin&observed_to=2020-01-01T00:00:00Z")).json()
    assert (body["data"], body["total"], body["unknown_coin_ids"]) == ([], 0, [])


async def test_cursors_lead_through_the_whole_list_and_page_is_null_then(served: Served) -> None:
    await served.ingest(*(quote(f"coin-{number}") for number in range(7)))
    seen: list[str] = []
    cursor: str | None = None
    async with calling(served) as client:
        while True:
            params = {"page_size": "3"} | ({"cursor": cursor} if cursor else {})
            body = (await client.get("/api/v1/data", params=params)).json()
            seen += [each["coin_id"] for each in body["data"]]
            assert body["page"] == (None if cursor else 1)
            assert body["total"] == 7
            cursor = body["next_cursor"]
            if cursor is None:
                break
    assert seen == [f"coin-{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("coin_id=bitcoin", ["bitcoin"]),
        ("coin_id=Bitcoin", []),
        ("coin_id=odd%20id%20", ["odd id "]),
        ("coin_id=odd+id+", ["odd id "]),
        ("coin_id=a%2Bb%26c%3Dd", ["a+b&c=d"]),
        ("coin_id=%E5%B8%81", ["币"]),
        ("symbol=BIT", ["bitcoin"]),
        ("symbol=null", ["null"]),
        ("source=coinpaprika", []),
        ("observed_from=2026-11-02T11:00:00Z&coin_id=old", []),
        ("observed_to=2026-11-02T11:00:00Z", ["old"]),
        ("observed_from=2026-11-02T11:00:00%2B01:00&observed_to=2026-11-02T11:00:01+01:00", ["old"]),
        ("observed_from=2026-11-02T05:00:00-05:00&observed_to=2026-11-02t10:00:00.000001z", ["old"]),
        ("ingested_from=2026-11-02T12:00:00Z&coin_id=bitcoin", ["bitcoin"]),
        ("ingested_to=2026-11-02T12:00:00Z", []),
    ],
)
async def test_each_filter_means_what_it_says(served: Served, query: str, expected: list[str]) -> None:
    names = ("bitcoin", "odd id ", "a+b&c=d", "币", "null")
    quotes = [quote(name, symbol=name[:4] if name != "bitcoin" else "bit") for name in names]
    await served.ingest(*quotes, quote("old", observed_at=minutes_ago(120)))
    answer = await ask(served.app, query=query.encode())
    assert [each["coin_id"] for each in msgspec.json.decode(answer.body)["data"]] == expected


async def test_coins_are_listed_by_market_cap_those_without_one_last(served: Served) -> None:
    caps = {"big": 9, "unknown": None, "small": 1, "also unknown": None}
    await served.ingest(
        *(quote(coin, market_cap=None if cap is None else Decimal(cap)) for coin, cap in caps.items())
    )
    await served.ingest(quote("small", source="csv", market_cap=Decimal(1)), source="csv")
    async with calling(served) as client:
        body = (await client.get("/api/v1/coins", params={"page_size": 4})).json()
        rest = (await client.get("/api/v1/coins", params={"page_size": 4, "cursor": body["next_cursor"]})).json()
    assert list(body) == [
        "data", "total", "count", "page", "page_size", "next_cursor", "has_more", "request_id",
        "api_latency_ms",
    ]  # fmt: skip
    assert [(each["coin_id"], each["source"]) for each in body["data"] + rest["data"]] == [
        ("big", "coingecko"),
        ("small", "coingecko"),
        ("small", "csv"),
        ("also unknown", "coingecko"),
        ("unknown", "coingecko"),
    ]
    assert (body["total"], body["page"], rest["page"], rest["next_cursor"]) == (5, 1, None, None)


async def test_a_symbol_that_several_coins_share_answers_with_all_of_them(served: Served) -> None:
    await served.ingest(
        quote("bitcoin", symbol="btc"), quote("wrapped", symbol="BTC"), quote("ether", symbol="eth")
    )
    await served.ingest(quote("btc-bitcoin", source="coinpaprika", symbol="BTC"), source="coinpaprika")
    everywhere = await ask(served.app, "/api/v1/coins", b"symbol=Btc")
    at_one = await ask(served.app, "/api/v1/coins", b"symbol=btc&source=coinpaprika")
    named = [{each["coin_id"] for each in msgspec.json.decode(got.body)["data"]} for got in (everywhere, at_one)]
    assert named == [{"bitcoin", "wrapped", "btc-bitcoin"}, {"btc-bitcoin"}]


async def test_one_coin_is_its_newest_quote_of_each_source(served: Served) -> None:
    await served.ingest(quote(price="1", observed_at=minutes_ago(9)), quote(price="2", observed_at=minutes_ago(1)))
    await served.ingest(quote(price="3", source="csv", market_cap=None), source="csv")
    async with calling(served) as client:
        body = (await client.get("/api/v1/coins/bitcoin")).json()
    assert list(body) == ["data", "total", "request_id", "api_latency_ms"]
    assert [(each["source"], each["price_usd"], each["stale_after"]) for each in body["data"]] == [
        ("coingecko", 2, "2026-11-02T12:29:00Z"),
        ("csv", 3, None),
    ]
    assert (body["total"], served.lines[-1].results) == (2, 2)


@pytest.mark.parametrize(
    ("path", "coin_id"),
    [
        ("odd%20id%20", "odd id "),
        ("odd+id", "odd+id"),
        ("a%2Fb%252F", "a/b%2F"),
        ("a/b%252F", "a/b%2F"),
        ("%E5%B8%81", "币"),
        ("coins%2Fbtc", "coins/btc"),
        ("btc/", "btc"),
        ("%2Fbtc%2F", "/btc/"),
    ],
)
async def test_an_id_in_the_path_is_taken_byte_for_byte(served: Served, path: str, coin_id: str) -> None:
    await served.ingest(
        *(quote(each) for each in ("odd id ", "odd+id", "a/b%2F", "币", "coins/btc", "btc", "/btc/"))
    )
    async with calling(served) as client:
        body = (await client.get(f"/api/v1/coins/{path}")).json()
    assert [each["coin_id"] for each in body["data"]] == [coin_id]


async def test_as_of_gives_what_was_believed_then(served: Served) -> None:
    await served.ingest(quote(price="1"))
    served.clock.advance(600)
    await served.ingest(quote(price="2"))
    served.clock.advance(600)
    before = await ask(served.app, query=b"as_of=2026-11-02T12:05:00Z")
    now = await ask(served.app)
    prices = [msgspec.json.decode(each.body, type=PriceList).data[0].price_usd for each in (before, now)]
    assert prices == [Decimal(1), Decimal(2)]


@given(
    price=st.decimals(min_value="1e-30", max_value="1e30", allow_nan=False, places=None).filter(
        lambda price: len(price.as_tuple().digits) <= 80
    ),
    exponent=st.integers(-30, 30),
)
def test_no_digit_of_an_amount_is_lost(price: Decimal, exponent: int) -> None:
    power = Decimal(f"1E{exponent}")
    served = Served()

    async def stored_and_read() -> bytes:
        await served.ingest(quote(price=str(price), market_cap=power, volume_24h=price))
        return (await ask(served.app)).body

    read = msgspec.json.decode(asyncio.run(stored_and_read()), type=PriceList).data[0]
    assert (read.price_usd, read.market_cap, read.volume_24h) == (price, power, price)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1E+3", b"1000"), ("2.201E+12", b"2201000000000"), ("3.84E-18", b"3.84E-18"), ("0.10", b"0.1")],
)
async def test_amounts_are_written_to_be_read(served: Served, amount: str, text: bytes) -> None:
    await served.ingest(quote(price=amount))
    assert b'"price_usd":' + text + b"," in (await ask(served.app)).body


async def test_microseconds_are_kept(served: Served) -> None:
    moment = datetime(2026, 11, 2, 11, 0, 0, 123456, tzinfo=UTC)
    await served.ingest(quote(observed_at=moment))
    assert b'"observed_at":"2026-11-02T11:00:00.123456Z"' in (await ask(served.app)).body


async def test_stats_have_the_shape_that_the_design_gives(served: Served) -> None:
    await served.ingest(quote(), quote("ethereum"))
    await served.ingest(source="coinpaprika", status=RunStatus.FAILURE)
    async with calling(served) as client:
        body = (await client.get("/api/v1/stats")).json()
    good, failed = body["sources"]
    assert good == {
        "source": "coingecko",
        "feed": "prices",
        "status": "success",
        "records_processed": 2,
        "duration_seconds": 2.5,
        "inserted": 2,
        "unchanged": 0,
        "restated": 0,
        "rejected": 0,
        "skipped": 0,
        "last_success_timestamp": "2026-11-02T12:00:02.500000Z",
        "last_failure_timestamp": None,
        "error_message": None,
    }
    assert (failed["status"], failed["error_message"]) == ("failure", "the provider answers 500")
    assert list(body) == ["sources", "total_records", "request_id", "api_latency_ms"]
    assert body["total_records"] == 2


async def test_sources_tell_all_that_is_known(served: Served) -> None:
    await served.ingest(quote())
    async with calling(served) as client:
        known, never_run = (await client.get("/api/v1/sources")).json()["sources"]
    assert (known["coins"], known["interval_seconds"], known["enabled"]) == (1, 1200, True)
    assert known["newest_observed_at"] == "2026-11-02T11:59:30Z"
    assert (never_run["source"], never_run["status"]) == ("coinpaprika", "never_run")


async def test_sources_tell_which_fields_are_not_as_they_are_known(served: Served) -> None:
    drift = SchemaDrift(path="quotes.USD.price", type=FieldType.STRING, position=3, example='"1.5"')
    await served.ingest(quote(), drift=(drift,))
    async with calling(served) as client:
        answer = (await client.get("/api/v1/sources")).json()
        (told,) = answer["schema_drift"]
        assert answer["drift"] == [told], "as it was called before, for a version more"
    assert told == {
        "source": "coingecko",
        "feed": "prices",
        "path": "quotes.USD.price",
        "type": "string",
        "first_seen_at": "2026-11-02T12:00:00Z",
        "page_id": 1,
        "position": 3,
        "example": '"1.5"',
    }


async def test_sources_tell_what_was_asked_of_a_provider_and_what_is_left(served: Served) -> None:
    for _ in range(3):
        await served.budget.take(ALLOWANCES["coingecko"])
    await served.budget.pause(ALLOWANCES["coingecko"], seconds=60)
    async with calling(served) as client:
        asked, uncounted = (await client.get("/api/v1/sources")).json()["sources"]
    assert {name: value for name, value in asked.items() if name.startswith("requests_")} == {
        "requests_used": 3,
        "requests_left": 9997,
        "requests_reset_at": "2026-12-03T12:00:01Z",
        "requests_used_in_minute": 3,
        "requests_left_in_minute": 22,
        "requests_paused_until": "2026-11-02T12:01:00Z",
    }
    assert {value for name, value in uncounted.items() if name.startswith("requests_")} == {None}


async def test_runs_are_listed_newest_first_by_page_and_source(served: Served) -> None:
    await served.ingest(quote())
    await served.ingest(source="coinpaprika", status=RunStatus.FAILURE)
    await served.ingest(quote("ethereum"))
    async with calling(served) as client:
        first = (await client.get("/api/v1/runs?page_size=2")).json()
        second = (await client.get("/api/v1/runs?page_size=2&page=2")).json()
        failed = (await client.get("/api/v1/runs?source=coinpaprika")).json()
    assert [each["run_id"] for each in (*first["data"], *second["data"])] == [3, 2, 1]
    assert (first["total"], second["page"], failed["total"]) == (3, 2, 1)
    assert failed["data"][0]["error"] == "the provider answers 500"
    assert failed["data"][0]["duration_seconds"] == 2.5


async def test_runs_of_every_source_that_the_document_names_may_be_asked_for(served: Served) -> None:
    await served.ingest(quote())
    async with calling(served) as client:
        paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
        (named,) = [
            each["schema"]["enum"]
            for each in paths["/api/v1/runs"]["get"]["parameters"]
            if each["name"] == "source"
        ]
        found = {source: await client.get(f"/api/v1/runs?source={source}") for source in named}
        unknown = await client.get("/api/v1/runs?source=nosuch")
    assert {source: (each.status_code, each.json()["total"]) for source, each in found.items()} == {
        "coingecko": (200, 1), "coinpaprika": (200, 0), "csv": (200, 0),
    }  # fmt: skip
    assert unknown.status_code == 400


async def test_health_is_healthy_when_every_source_is_fresh(served: Served) -> None:
    await served.ingest(quote())
    await served.ingest(quote(source="coinpaprika"), source="coinpaprika")
    async with calling(served) as client:
        response = await client.get("/api/v1/health")
    body = response.json()
    assert (response.status_code, body["status"], body["database_connected"]) == (200, "healthy", True)
    assert body["etl_last_run"] == {
        "source": "coinpaprika",
        "status": "success",
        "finished_at": "2026-11-02T12:00:05Z",
    }
    assert [each["source"] for each in body["sources"]] == ["coingecko", "coinpaprika"]
    assert body["sources"][0] == {
        "source": "coingecko",
        "feed": "prices",
        "enabled": True,
        "status": "success",
        "live_feed": True,
        "freshness": "fresh",
        "freshness_reason": None,
        "fresh_until": "2026-11-02T12:29:30Z",
        "frozen_since": None,
        "newest_observed_at": "2026-11-02T11:59:30Z",
    }
    assert body["timestamp"] == "2026-11-02T12:00:05Z"


async def test_health_is_degraded_and_200_when_a_source_is_stale(served: Served) -> None:
    await served.ingest(quote())
    await served.ingest(quote(source="coinpaprika"), source="coinpaprika")
    served.clock.advance(timedelta(hours=1).total_seconds())
    async with calling(served) as client:
        response = await client.get("/api/v1/health")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


async def test_a_coin_that_is_no_longer_listed_is_never_served_without_saying_so(served: Served) -> None:
    store, market = InMemory(served.store), Market(served.clock, name="coingecko")
    for listed in (["btc", "eth"], ["eth"]):
        market.sweep = [[(coin, 0, "1") for coin in listed]]
        await ingest(store, market, served.clock)
    async with calling(served) as client:
        data = (await client.get("/api/v1/data")).json()["data"]
        coins = (await client.get("/api/v1/coins")).json()["data"]
        source = (await client.get("/api/v1/sources")).json()["sources"][0]
    since = {each["coin_id"]: each["unseen_since"] for each in data}
    assert since == {each["coin_id"]: each["unseen_since"] for each in coins}
    assert since == {"btc": "2026-11-02T12:00:00.000001Z", "eth": None}
    assert {each["stale_after"] for each in data} == {"2026-10-31T12:30:00Z"}
    assert (source["coins"], source["stale_coins"], source["unseen_coins"]) == (2, 2, 1)
    assert (source["freshness"], source["max_age_seconds"], source["live_feed"]) == ("frozen", 1800, True)


async def test_health_of_a_service_that_never_ran_is_degraded_and_has_no_last_run(served: Served) -> None:
    async with calling(served) as client:
        body = (await client.get("/api/v1/health")).json()
    assert (body["status"], body["etl_last_run"]) == ("degraded", None)


async def test_health_without_a_database_is_503_and_says_nothing_of_our_insides(served: Served) -> None:
    served.lose_the_database()
    async with calling(served) as client:
        response = await client.get("/api/v1/health")
    body = response.json()
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert (body["status"], body["database_connected"], body["timestamp"]) == (
        "unhealthy",
        False,
        NOON.isoformat().replace("+00:00", "Z"),
    )
    assert "db.internal" not in response.text
    assert "db.internal" in (served.lines[-1].error or "")


async def test_live_needs_no_database_and_ready_does(served: Served) -> None:
    served.lose_the_database()
    live, unready = [await ask(served.app, f"/api/v1/health/{name}") for name in ("live", "ready")]
    served.heal()
    ready = await ask(served.app, "/api/v1/health/ready")
    assert (live.status, unready.status, ready.status) == (200, 503, 200)


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/"])
async def test_the_overview_links_to_what_there_is(served: Served, path: str) -> None:
    async with calling(served) as client:
        links = (await client.get(path)).json()["links"]
        ending = [link for name, link in links.items() if name != "stream"]
        statuses = [(await client.get(link)).status_code for link in ending]
    assert set(statuses) == {200}
    assert {"data", "coins", "health", "stats", "runs", "sources"} <= set(links)


@pytest.mark.parametrize("path", ["/api/v1/data/", "//api/v1//data"])
async def test_extra_slashes_change_nothing(served: Served, path: str) -> None:
    await served.ingest(quote())
    answer = await ask(served.app, path, b"page_size=5")
    assert msgspec.json.decode(answer.body)["total"] == 1


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/api/v1/data", "public, max-age=5"),
        ("/api/v1/coins", "public, max-age=5"),
        ("/api/v1/coins/nothing", "no-store"),
        ("/api/v1/stats", "public, max-age=5"),
        ("/api/v1/health", "no-store"),
        ("/api/v1/health/live", "no-store"),
        ("/api/v1/health/ready", "no-store"),
        ("/api/v1/nothing", "no-store"),
        ("/api/v1/data?page=0", "no-store"),
    ],
)
async def test_only_lists_may_be_kept_and_briefly(served: Served, path: str, kept: str) -> None:
    async with calling(served) as client:
        assert (await client.get(path)).headers["cache-control"] == kept
