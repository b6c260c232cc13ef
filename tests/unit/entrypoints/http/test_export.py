"""GET /export: which format is answered, how the file is named, and what is refused."""

import pytest

from crypto.adapters.formats import FORMATS
from crypto.application.query.export_quotes import AT_ONCE
from crypto.domain.market_data import QuoteFilter
from crypto.entrypoints.http.kit.negotiation import negotiated
from tests.support import files
from tests.support.api import Served, ask, quote
from tests.support.files import rows_in

EXPORT = "/api/v1/export"
OFFERS = ("application/x-ndjson", "text/csv", "application/json")


@pytest.fixture
async def served() -> Served:
    served = Served()
    await served.ingest(*(quote(f"coin-{number}", position=number) for number in range(250)))
    return served


@pytest.mark.parametrize("form", files.FORMATS)
async def test_a_format_is_asked_for_by_accept_or_by_name(served: Served, form: str) -> None:
    media = FORMATS[form].media_type
    by_accept = await ask(served.app, EXPORT, accept=media)
    by_name = await ask(served.app, EXPORT, f"format={form}".encode(), accept="image/png")
    assert by_accept.status == by_name.status == 200
    assert by_accept.headers["content-type"].partition(";")[0] == media
    assert len(rows_in(by_accept.body, form)) == 250
    assert rows_in(by_name.body, form) == rows_in(by_accept.body, form)


async def test_csv_says_which_characters_it_has(served: Served) -> None:
    assert (await ask(served.app, EXPORT, b"format=csv")).headers["content-type"] == "text/csv; charset=utf-8"


async def test_a_file_has_a_name_and_tells_its_rows_and_is_not_kept(served: Served) -> None:
    answer = await ask(served.app, EXPORT, b"format=parquet")
    assert answer.headers["content-disposition"].startswith('attachment; filename="quotes-2')
    assert answer.headers["content-disposition"].endswith('.parquet"')
    assert answer.headers["x-total-count"] == "250"
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["cache-control"] == "no-store"


async def test_head_is_get_without_a_body(served: Served) -> None:
    answer = await ask(served.app, EXPORT, b"format=csv", method="HEAD")
    assert (answer.status, answer.body, answer.headers["x-total-count"]) == (200, b"", "250")


async def test_who_takes_none_of_the_formats_is_told_which_there_are(served: Served) -> None:
    refused = await ask(served.app, EXPORT, accept="image/png")
    assert refused.status == 406
    assert all(each.media_type.encode() in refused.body for each in FORMATS.values())


async def test_who_wants_a_page_as_csv_is_told_where_files_are(served: Served) -> None:
    refused = await ask(served.app, "/api/v1/data", accept="text/csv")
    assert refused.status == 406
    assert b"other formats are at /api/v1/export" in refused.body


async def test_a_format_that_there_is_not_is_refused(served: Served) -> None:
    refused = await ask(served.app, EXPORT, b"format=xlsx")
    assert refused.status == 400
    assert b"format must be one of arrow, csv, json, ndjson, parquet" in refused.body


async def test_a_page_cannot_be_asked_of_a_file(served: Served) -> None:
    assert (await ask(served.app, EXPORT, b"page=2")).status == 400


async def test_one_export_too_many_is_503_and_says_when_to_ask_again(served: Served) -> None:
    export_quotes = served.export_quotes
    running = [await export_quotes(QuoteFilter(), form="csv") for _ in range(AT_ONCE)]
    refused = await ask(served.app, EXPORT)
    for each in running:
        await each.aclose()
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert b'"code":"too_many_exports"' in refused.body
    assert (await ask(served.app, EXPORT)).status == 200


async def test_a_refused_head_or_finished_export_holds_no_place(served: Served) -> None:
    for query in (b"coin_id=%00", b"format=csv", b"format=json"):
        for method in ("HEAD", "GET"):
            await ask(served.app, EXPORT, query, method=method)
    assert (await ask(served.app, EXPORT)).status == 200


async def test_the_log_counts_the_rows(served: Served) -> None:
    await ask(served.app, EXPORT, b"format=arrow")
    assert (served.lines[-1].results, served.lines[-1].error) == (250, None)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/x-ndjson"),
        ("", "application/x-ndjson"),
        ("*/*", "application/x-ndjson"),
        ("text/*", "text/csv"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/*;q=0.2, text/csv;q=0.1", "application/x-ndjson"),
        ("application/x-ndjson;q=0, */*;q=0.1", "text/csv"),
        ("text/csv;header=present;q=1.0", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/html, */*;q=0", None),
        ("text/csv;q=0.000", None),
        ("image/png", None),
    ],
)
def test_the_offer_that_is_wanted_most_is_answered(accept: str | None, expected: str | None) -> None:
    assert negotiated(accept, OFFERS) == expected
