"""GET /export: all quotes that are asked for, as one file that is streamed while it is read from the database."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from crypto.application.errors import TooManyExports
from crypto.application.ports import ExportFacts, FileFormat
from crypto.application.query.export_quotes import ExportQuotes
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import INGESTED, OBSERVED
from crypto.entrypoints.http.kit.filters import source_filter
from crypto.entrypoints.http.kit.negotiation import negotiated
from crypto.entrypoints.http.kit.parameters import one_of
from crypto.entrypoints.http.kit.quote_parameters import (
    RANGES,
    REFUSED_TIMES,
    SETTLED,
    quote_filter,
    quote_parameters,
)
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import busy, database_away

PATH = "/export"

SUMMARY = (
    "All quotes that are asked for as one file, in no order that is promised. What is about the present moment"
    " (stale_after, unseen_since, below_since) is left out. A file that fails in the middle is cut: its connection"
    " is closed before the answer's end, and it has fewer rows than X-Total-Count."
)

TOO_MANY = busy(TooManyExports("2 exports run, as many as may at once; ask again when one ended"))


class ExportedQuote(Struct, frozen=True, kw_only=True):
    """A stored quote in a file; amounts are US dollars."""

    coin_id: str
    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    source: str
    observed_at: Moment
    ingested_at: Moment
    page_id: int
    position: int


class ExportAnswer(Struct, frozen=True, kw_only=True):
    """All quotes as one JSON document; NDJSON has a line for each of `data`, others a column for each field."""

    data: tuple[ExportedQuote, ...]
    total: int


EXAMPLE = ExportAnswer(
    data=(
        ExportedQuote(
            coin_id="bitcoin",
            name="Bitcoin",
            symbol="btc",
            price_usd=Decimal("110394.5"),
            market_cap=Decimal(2201000000000),
            volume_24h=Decimal(51000000000),
            source="coingecko",
            observed_at=OBSERVED,
            ingested_at=INGESTED,
            page_id=812,
            position=0,
        ),
    ),
    total=1,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The file of quotes."""
    export_quotes = service.use_case(ExportQuotes)
    formats = {each.media_type: each for each in export_quotes.formats.values()}
    source = source_filter(service.sources)
    by_name = one_of("format", "The file's format, before what Accept says.", export_quotes.formats)

    async def export(context: RequestContext) -> Answer:
        form = by_name.of(context.query) or _accepted(context, formats)
        opened = await export_quotes(quote_filter(context.query, source), form=form)
        return Answer(
            body=opened,
            media=_media(export_quotes.formats[form]),
            cache=NO_STORE,
            headers=_headers(opened.facts, export_quotes.formats[form]),
            results=opened.facts.total,
        )

    endpoint = Endpoint(
        path=PATH,
        name="Export",
        link="export",
        tag=MARKET_DATA,
        summary=SUMMARY,
        parameters=(by_name, *quote_parameters(source)),
        rules=(RANGES, SETTLED),
        offers=tuple(formats),
        answer=export,
        example=EXAMPLE,
        problems=(*REFUSED_TIMES, TOO_MANY, database_away()),
    )
    return (endpoint,)


def _accepted(context: RequestContext, formats: Mapping[str, FileFormat]) -> str:
    """The name of the format that the caller takes: one of them is, or the gate had refused."""
    return formats[negotiated(context.headers.accept, tuple(formats)) or next(iter(formats))].name


def _media(form: FileFormat) -> str:
    """As a header says it: of text also how it is encoded."""
    return f"{form.media_type}; charset=utf-8" if form.media_type.startswith("text/") else form.media_type


def _headers(facts: ExportFacts, form: FileFormat) -> dict[str, str]:
    """What a client needs to name the file, and to see that it is whole."""
    name = f"quotes-{facts.taken_at:%Y%m%dT%H%M%SZ}{form.suffixes[0]}"
    return {
        "X-Total-Count": str(facts.total),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Vary": "Accept",
    }
