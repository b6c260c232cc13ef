"""Read a made-up file as an ingest does, and hold what is stored against what is true."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from crypto.adapters.sources.csv_files import Options
from crypto.domain.quote import Quote
from crypto.entrypoints.settings import BadSetting, load_settings
from tests.support.csv_files import Ingested, ingest
from tests.support.truth.files import Known, MadeUp

PREFIX = "CRYPTO_SOURCE__CSV__"


class Verdict(Struct, frozen=True):
    """What became of a file: `right`, `rejected` in part or whole, or `refused`, and which quotes are not true."""

    outcome: str
    why: str
    wrong: tuple[str, ...]


def judged(made_up: MadeUp) -> Verdict:
    """What becomes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / made_up.name
        path.write_bytes(made_up.text.encode(made_up.encoding))
        try:
            run = ingest(path, declared=_declared(made_up.settings, Path(folder)))
        except BadSetting as error:
            return Verdict("refused", str(error), ())
        return _verdict(made_up, run, folder)


def _declared(settings: Mapping[str, str], folder: Path) -> dict[str, object]:
    environment = {f"{PREFIX}{name}": value for name, value in settings.items()}
    options = load_settings(environment=environment, directory=folder).source["csv"]
    assert isinstance(options, Options)
    said = {name: getattr(options, name) for name in Options.__struct_fields__ if name != "paths"}
    return {name: msgspec.to_builtins(value) for name, value in said.items()}


def _verdict(made_up: MadeUp, run: Ingested, folder: str) -> Verdict:
    wrong = tuple(found for quote in run.quotes if (found := _untrue(quote, made_up.known)))
    if run.error:
        return Verdict("refused", str(run.error).replace(folder, ""), wrong)
    if run.rejections:
        return Verdict("rejected", run.rejections[0].detail, wrong)
    missing = made_up.known.keys() - {quote.key for quote in run.quotes}
    lost = tuple(f"{coin} of {moment:%Y-%m-%d %H:%M} is missing without a word" for coin, moment in missing)
    return Verdict("right", "", wrong + lost)


def _untrue(quote: Quote, known: Known) -> str:
    if quote.key not in known:
        return f"{quote.coin_id} of {quote.observed_at.isoformat()} is not in the table"
    price, volume = known[quote.key]
    if quote.price_usd != price:
        return f"{quote.coin_id} is {quote.price_usd}, in truth {price}"
    return "" if quote.volume_24h in {None, volume} else f"volume is {quote.volume_24h}, in truth {volume}"
