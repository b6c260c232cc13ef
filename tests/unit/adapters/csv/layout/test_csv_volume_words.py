"""A volume beside candles is not taken for dollars, whatever language the header is in."""

from pathlib import Path

import pytest

from tests.support.csv_files import ingest


@pytest.mark.parametrize(
    "header",
    [
        "symbol,Datum,Eröffnung,Hoch,Tief,Schlusskurs,volume",
        "symbol,Fecha,Apertura,Máximo,Mínimo,Último,volume",
        "symbol,date,open,high,low,close,volume",
    ],
)
def test_the_volume_of_candles_of_several_coins_stays_empty_until_its_unit_is_said(
    tmp_path: Path, header: str
) -> None:
    path = tmp_path / "candles.csv"
    path.write_text(f"{header}\nbtc,2024-01-30,1,1,1,1.4,7\nbtc,2024-01-31,1,1,1,1.5,7\n")
    declared = {"columns": {"coin_id": "symbol"}}
    assert [quote.volume_24h for quote in ingest(path, declared=declared).quotes] == [None, None]
    dollars = ingest(path, declared={**declared, "volume": "usd"})
    assert [quote.volume_24h for quote in dollars.quotes] == [7, 7]
