"""The tables of the reference of CSV dialects, and what becomes of their files."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from crypto.adapters.sources.csv_files import Options
from crypto.entrypoints.settings import load_settings
from tests.support.csv_files import Ingested, ingest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "csv-dialects.md"

PREFIX = "CRYPTO_SOURCE__CSV__"


def table(heading: str) -> list[list[str]]:
    """The rows of the table below that heading, split into cells."""
    _, _, below = REFERENCE.read_text().partition(f"\n## {heading}\n")
    section, _, _ = below.partition("\n## ")
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[1:]]


def declared(settings: str) -> dict[str, object]:
    """The options that settings in a cell make, read as the environment is."""
    pairs = [each.partition("=") for each in re.findall(r"`([^`]+)`", settings)]
    environment = {f"{PREFIX}{name}": value for name, _, value in pairs}
    options = load_settings(environment=environment, directory=REFERENCE.parent).source["csv"]
    assert isinstance(options, Options)
    said = {name: getattr(options, name) for name in Options.__struct_fields__ if name != "paths"}
    return {name: msgspec.to_builtins(value) for name, value in said.items()}


def written(cell: str, encoding: str) -> bytes:
    """The file that a cell writes out."""
    text = cell.strip("`")
    for said, meant in ((r"\n", "\n"), (r"\r", "\r"), (r"\t", "\t"), (r"\ufeff", "\ufeff")):
        text = text.replace(said, meant)
    return text.encode(encoding)


def outcome(path: Path, settings: str) -> str:
    """What becomes of a file, as the table says it."""
    run = ingest(path, declared=declared(settings))
    if run.error:
        return f"refused: {run.error}".replace(f"{path}: ", "")
    empty = [f"{run.empty} empty"] * bool(run.empty)
    return ", ".join([*_quotes(run), *(each.detail for each in [*run.rejections, *run.unread]), *empty])


def counted(run: Ingested) -> Sequence[str]:
    """How many records were received, how many are quotes, and how many were rejected, by reason, or empty."""
    others = [f"{count} {reason}" for reason, count in sorted(run.reasons.items())]
    others += [f"{run.empty} empty"] * bool(run.empty)
    received = len(run.quotes) + len(run.rejections) + run.empty
    return str(received), str(len(run.quotes)), ", ".join(others) or "0"


def _quotes(run: Ingested) -> Iterator[str]:
    for quote in run.quotes:
        price = "unknown" if quote.price_usd is None else f"{quote.price_usd:f}"
        yield f"{quote.coin_id} {price} of {quote.observed_at:%Y-%m-%d %H:%M}"
