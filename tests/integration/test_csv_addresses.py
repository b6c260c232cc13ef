"""CSV files at web addresses: fetched politely, told apart when they fail, and no secret of theirs is kept."""

import gzip
import io
import ssl
import zipfile
from collections.abc import AsyncIterator

import pytest
from msgspec import convert
from msgspec.json import decode, encode

from crypto.adapters.memory import MemoryStore
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.application.errors import SourceRefused, SourceUnavailable
from tests.support import provider_answers as answers
from tests.support.clock import ManualClock
from tests.support.csv_files import HEADER, Ingested, row, run_of
from tests.support.provider import Provider
from tests.support.provider_answers import Answer
from tests.support.runs import ingest
from tests.support.stores import InMemory

BODY = HEADER + row("a") + row("b")


@pytest.fixture
async def server() -> AsyncIterator[Provider]:
    async with Provider(coins=0) as provider:
        yield provider


def csv_answer(body: bytes = BODY, **headers: str) -> Answer:
    return answers.status(200, body, content_type="text/csv", **headers)


async def fetch(
    address: str, *, cursor: object = None, clock: ManualClock | None = None, **declared: object
) -> Ingested:
    options = Options(paths=(address,), **declared)  # type: ignore[arg-type]
    return await run_of(CsvFiles(options, clock=clock or ManualClock()), cursor)  # type: ignore[arg-type]


async def test_a_file_at_an_address_is_read_and_its_request_kept_without_secrets(server: Provider) -> None:
    server.next(csv_answer(ETag='"v1"'))
    run = await fetch(f"{server.url}/prices.csv?token=s3cr3t&vs=usd")
    (page,) = run.pages
    assert run.body == row("a") + row("b")
    assert server.requests[0].params == {"token": "s3cr3t", "vs": "usd"}
    assert str(page.request["url"]).startswith(f"{server.url}/prices.csv?***")
    assert (page.status, page.headers) == (200, {"ETag": '"v1"', "Content-Type": "text/csv"})
    assert b"s3cr3t" not in encode([page.request, page.context, page.cursor_after, page.headers])


async def test_queries_are_told_apart_though_they_are_not_kept(server: Provider) -> None:
    server.next(csv_answer(HEADER + row("a")), csv_answer(HEADER + row("b")))
    paths = (f"{server.url}/prices.csv?coin=a", f"{server.url}/prices.csv?coin=b")
    run = await run_of(CsvFiles(Options(paths=paths), clock=ManualClock()))
    assert [quote.coin_id for quote in run.quotes] == ["a", "b"]
    assert len(decode(encode(run.cursor))["files"]) == 2


async def test_an_unchanged_version_is_not_sent_again(server: Provider) -> None:
    server.next(csv_answer(ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT"))
    first = await fetch(f"{server.url}/prices.csv")
    server.next(answers.status(304, b""))
    again = await fetch(f"{server.url}/prices.csv", cursor=first.cursor)
    conditions = server.requests[1].headers
    assert (again.pages, again.error) == ([], None)
    assert conditions["if-none-match"] == '"v1"'
    assert conditions["if-modified-since"] == "Mon, 02 Nov 2026 10:00:00 GMT"


async def test_a_version_that_was_not_read_to_its_end_is_asked_for_anew(server: Provider) -> None:
    server.always(csv_answer(HEADER + row("a") + b"b,\n", ETag='"v1"'))
    options = Options(paths=(f"{server.url}/prices.csv",))
    from crypto.adapters.csv.text.records import Limits

    source = CsvFiles(options, clock=ManualClock(), limits=Limits(records=1))
    part = await run_of(source, stop_after=1)
    rest = await run_of(source, part.cursor)
    assert rest.body == b"b,\n"
    assert "if-none-match" not in server.requests[1].headers


async def test_a_version_read_under_other_settings_is_asked_for_anew(server: Provider) -> None:
    server.always(csv_answer(b"price\n1\n", ETag='"v1"'))
    first = await fetch(f"{server.url}/p.csv", coin_id="a")
    second = await fetch(f"{server.url}/p.csv", coin_id="b", cursor=first.cursor)
    assert [quote.coin_id for quote in second.quotes] == ["b"]
    assert "if-none-match" not in server.requests[1].headers


async def test_a_grown_version_goes_on_where_the_last_one_ended(server: Provider) -> None:
    server.next(csv_answer(ETag='"v1"'), csv_answer(BODY + row("c"), ETag='"v2"'))
    first = await fetch(f"{server.url}/prices.csv")
    second = await fetch(f"{server.url}/prices.csv", cursor=first.cursor)
    assert second.body == row("c")


async def test_a_body_packed_for_the_way_and_a_packed_file_are_both_unpacked(server: Provider) -> None:
    packed = gzip.compress(BODY)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.csv", HEADER + row("a"))
        file.writestr("b.csv", HEADER + row("b"))
    server.next(csv_answer(packed, Content_Encoding="gzip"), csv_answer(packed), csv_answer(archive.getvalue()))
    for_the_way = await fetch(f"{server.url}/a.csv")
    as_file = await fetch(f"{server.url}/a.csv.gz")
    member = await fetch(f"{server.url}/a.zip#b.csv")
    assert for_the_way.body == as_file.body == row("a") + row("b")
    assert member.body == row("b")
    assert member.pages[0].request == {"url": f"{server.url}/a.zip", "member": "b.csv", "offset": len(HEADER)}
    assert list(decode(encode(member.cursor))["files"]) == [f"{server.url}/a.zip/b.csv"]


@pytest.mark.parametrize(
    "answer",
    [
        answers.cut_length(BODY),
        answers.cut_chunked(BODY),
        answers.close_delimited(BODY),
        answers.reset(BODY),
        answers.hung_up(),
        answers.status(503),
        answers.limited("3"),
    ],
)
async def test_what_may_pass_is_asked_for_again(server: Provider, answer: Answer) -> None:
    server.next(answer, csv_answer())
    clock = ManualClock()
    run = await fetch(f"{server.url}/prices.csv", clock=clock)
    assert run.body == row("a") + row("b")
    assert len(clock.slept) == 1


async def test_what_fails_again_and_again_is_unavailable(server: Provider) -> None:
    server.always(answers.status(503))
    run = await fetch(f"{server.url}/prices.csv?key=s3cr3t")
    assert len(server.requests) == 7
    assert isinstance(run.error, SourceUnavailable)
    assert "asked 7 times; the last time: 503 Service Unavailable" in str(run.error)
    assert "s3cr3t" not in str(run.error)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (answers.status(404, b"gone: key=s3cr3t"), "its server answered 404 Not Found; check the address"),
        (answers.status(403), "its server answered 403 Forbidden; it wants a password"),
        (answers.html(), "its server answered with a web page, not with a file"),
        (answers.redirect("http://192.0.2.1/a.csv"), "it is redirected to 192.0.2.1: over plain http"),
        (answers.redirect("ftp://192.0.2.1/a.csv"), "it is redirected to 192.0.2.1: it is not an address"),
    ],
)
async def test_what_would_be_answered_again_is_refused_at_once(
    server: Provider, answer: Answer, problem: str
) -> None:
    server.always(answer)
    run = await fetch(f"{server.url}/prices.csv?key=s3cr3t")
    assert isinstance(run.error, SourceRefused)
    assert problem in str(run.error)
    assert "s3cr3t" not in str(run.error)
    assert len(server.requests) == 1


async def test_redirects_are_followed_and_not_for_ever(server: Provider) -> None:
    server.next(answers.redirect("/moved.csv?signature=s3cr3t"), csv_answer())
    run = await fetch(f"{server.url}/prices.csv")
    assert [request.path for request in server.requests] == ["/prices.csv", "/moved.csv"]
    assert run.pages[0].request["url"] == f"{server.url}/prices.csv"
    server.always(answers.redirect("/prices.csv"))
    assert "redirected more than 5 times" in str((await fetch(f"{server.url}/prices.csv")).error)
    assert len(server.requests) == 2 + 6


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://192.0.2.1/a.csv", "use https, or set CRYPTO_SOURCE__CSV__PLAIN_HTTP=true"),
        ("https://me:s3cr3t@192.0.2.1/a.csv", "has a user name or password"),
        ("s3://bucket/a.csv", "it is not an address such as https://host/prices.csv"),
        ("https:///a.csv", "it is not an address such as"),
        ("https://host:99999/a.csv", "it is not an address such as"),
    ],
)
async def test_an_address_that_may_not_be_read_is_refused_before_anything_is_sent(
    address: str, problem: str
) -> None:
    run = await fetch(address)
    assert isinstance(run.error, SourceRefused)
    assert problem in str(run.error)
    assert "s3cr3t" not in str(run.error)


@pytest.mark.parametrize(
    "address",
    ["https://a\x01b/a.csv", "https://xn--/a.csv", "https://192.0.2.999/a.csv", "https://192.0.2.1/a?k=\udc80",
     "https://192.0.2.1/" + "a" * 70_000],
)  # fmt: skip
async def test_an_address_that_no_request_can_have_is_refused(address: str) -> None:
    run = await fetch(address)
    assert isinstance(run.error, SourceRefused)
    assert "it is not, or does not lead to, an address such as https://host/prices.csv" in str(run.error)


async def test_what_fails_behind_a_redirect_is_told_of_the_server_that_failed(server: Provider) -> None:
    server.always(answers.redirect("https://nobody.invalid/a.csv?key=s3cr3t"))
    named = await fetch(f"{server.url}/a.csv")
    server.always(answers.redirect("https://xn--/a.csv"))
    unspeakable = await fetch(f"{server.url}/a.csv")
    assert "the name nobody.invalid cannot be looked up" in str(named.error)
    assert "it is not, or does not lead to, an address" in str(unspeakable.error)


async def test_a_version_that_cannot_be_sent_back_is_asked_for_anew(server: Provider) -> None:
    head = f'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nContent-Length: {len(BODY)}\r\n\r\n'.encode("latin-1")
    server.always(answers.raw(head + BODY))
    first = await fetch(f"{server.url}/a.csv")
    again = await fetch(f"{server.url}/a.csv", cursor=first.cursor)
    assert (len(first.quotes), again.pages, again.error) == (2, [], None)


async def test_an_answer_that_nothing_changed_is_refused_where_that_was_not_asked(server: Provider) -> None:
    server.next(answers.status(304))
    run = await fetch(f"{server.url}/a.csv")
    assert isinstance(run.error, SourceRefused)
    assert "its server answered 304 Not Modified" in str(run.error)


async def test_a_body_that_drips_or_floods_is_given_up(server: Provider) -> None:
    server.always(answers.drip(b"x" * 1000, gap=0.05))
    dripped = await fetch(f"{server.url}/a.csv", timeout=0.1)
    assert len(server.requests) == 1
    server.always(answers.flood(3))
    flooded = await fetch(f"{server.url}/a.csv", max_megabytes=2)
    server.always(answers.bomb(8))
    bombed = await fetch(f"{server.url}/a.csv", max_megabytes=4)
    assert "took longer than 0.1 s in all" in str(dripped.error)
    assert "it has more than 2097152 bytes; set CRYPTO_SOURCE__CSV__MAX_MEGABYTES=4" in str(flooded.error)
    assert "it has more than 4194304 bytes" in str(bombed.error)
    assert not dripped.pages + flooded.pages + bombed.pages


async def test_a_name_that_cannot_be_looked_up_is_refused_after_three_tries() -> None:
    clock = ManualClock()
    run = await fetch("https://nobody.invalid/a.csv?key=s3cr3t", clock=clock)
    assert isinstance(run.error, SourceRefused | SourceUnavailable)
    assert "the name nobody.invalid cannot be looked up" in str(run.error)
    assert "s3cr3t" not in str(run.error)


async def test_a_server_that_nobody_vouches_for_is_refused(self_signed: ssl.SSLContext) -> None:
    async with Provider(coins=0, tls=self_signed) as server:
        run = await fetch(f"{server.url}/a.csv")
    assert isinstance(run.error, SourceRefused)
    assert "its server: no trustworthy TLS connection to 127.0.0.1" in str(run.error)


async def test_a_run_keeps_what_came_and_fails_with_the_address_that_did_not(server: Provider) -> None:
    server.next(csv_answer(ETag='"v1"'), answers.status(404))
    clock = ManualClock()
    store = InMemory(MemoryStore(clock))
    paths = (f"{server.url}/a.csv", f"{server.url}/b.csv")
    run = await ingest(store, CsvFiles(Options(paths=paths), clock=clock), clock)
    assert run.counters.inserted == 2
    assert run.error == f"{server.url}/b.csv: its server answered 404 Not Found; check the address"


async def test_a_block_fetches_an_address_for_each_of_its_coins_and_keeps_no_secret(server: Provider) -> None:
    body = b"date,price\n2024-01-31,1.5\n"
    server.always(csv_answer(body))
    path = f"{server.url}/prices?pair={{symbol}}USD&key=s3cr3t"
    coins = {"BTC": "bitcoin", "ETH": "ethereum"}
    options = convert({"file": [{"path": path, "coins": coins}]}, Options)
    run = await run_of(CsvFiles(options, clock=ManualClock()))
    assert run.error is None
    assert sorted(request.params["pair"] for request in server.requests) == ["BTCUSD", "ETHUSD"]
    assert {(quote.coin_id, quote.symbol) for quote in run.quotes} == {("bitcoin", "BTC"), ("ethereum", "ETH")}
    assert b"s3cr3t" not in encode([[page.request, page.context, page.cursor_after] for page in run.pages])


async def test_the_last_part_of_an_address_tells_the_coin_and_one_that_is_not_known_is_refused(
    server: Provider,
) -> None:
    server.always(csv_answer(b"date,price\n2024-01-31,1.5\n"))
    block = {"path": f"{server.url}/{{symbol}}USD.csv", "coins": {"BTC": "bitcoin"}}
    options = convert({"paths": [f"{server.url}/SOLUSD.csv"], "file": [block]}, Options)
    run = await run_of(CsvFiles(options, clock=ManualClock()))
    assert [(quote.coin_id, quote.symbol) for quote in run.quotes] == [("bitcoin", "BTC")]
    assert 'knows no coin SOL, so its file is not read; set there coins = { BTC = "bitcoin", SOL =' in str(
        run.error
    )


async def test_the_members_of_an_archive_at_an_address_tell_their_coins(server: Provider) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for symbol in ("BTC", "ETH"):
            archive.writestr(f"{symbol}-USD.csv", b"date,price\n2024-01-31,1.5\n")
        archive.writestr("README.txt", b"hello")
    server.always(csv_answer(packed.getvalue(), ETag='"v1"'))
    block = {
        "path": f"{server.url}/all.zip?key=1#{{symbol}}-USD.csv",
        "coins": {"BTC": "bitcoin", "ETH": "ethereum"},
    }
    options = convert({"file": [block]}, Options)
    run = await run_of(CsvFiles(options, clock=ManualClock()))
    assert run.error is None
    assert [quote.coin_id for quote in run.quotes] == ["bitcoin", "ethereum"]

    server.next(answers.status(304, b""))
    assert (await run_of(CsvFiles(options, clock=ManualClock()), run.cursor)).pages == []
    assert server.requests[-1].headers["if-none-match"] == '"v1"'
    mended = convert({"file": [{**block, "coins": {"BTC": "btc", "ETH": "ethereum"}}]}, Options)
    again = await run_of(CsvFiles(mended, clock=ManualClock()), run.cursor)
    assert "if-none-match" not in server.requests[-1].headers
    assert [quote.coin_id for quote in again.quotes] == ["btc"]


async def test_addresses_cannot_be_listed_by_a_pattern_without_coins(server: Provider) -> None:
    options = convert({"file": [{"path": f"{server.url}/{{coin_id}}.csv?key=s3cr3t"}]}, Options)
    run = await run_of(CsvFiles(options, clock=ManualClock()))
    assert "addresses cannot be listed: name each in PATHS, or each coin in coins" in str(run.error)
    assert "s3cr3t" not in str(run.error)
