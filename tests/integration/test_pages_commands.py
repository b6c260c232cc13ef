"""A number can be traced by hand: from a quote to its page, and from its bytes back to the number."""

import csv
import hashlib
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from tests.support.commands import crypto

PRICES = """coin_id,price_usd,observed_at
bitcoin,65000.10,2026-01-02T03:04:05Z
ether,0.000012345678901234567890,2026-01-02T03:04:05Z
"""


async def asked(*arguments: str, folder: Path, database_url: str) -> str:
    settings = {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}
    ended = await crypto(*arguments, folder=folder, settings=settings)
    assert ended.code == 0, ended.err
    return ended.out


async def test_a_number_is_read_again_from_the_bytes_of_its_page(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    where: dict[str, Any] = {"folder": tmp_path, "database_url": database_url}
    await asked("ingest", **where)

    (quote,) = json.loads(await asked("data", "--coin", "ether", "--json", **where), parse_float=Decimal)["data"]
    page_id = str(quote["page_id"])
    page = json.loads(await asked("pages", "show", page_id, "--json", **where))
    body = await asked("pages", "body", page_id, **where)

    assert page["sha256"] == hashlib.sha256(body.encode()).hexdigest()
    assert page["size_bytes"] == len(body)
    assert (page["source"], page["context"]["path"]) == ("csv", "prices.csv")
    coin_id, price, _ = list(csv.reader(StringIO(body)))[quote["position"]]
    assert (coin_id, Decimal(price)) == ("ether", quote["price_usd"])
    assert "sha256" in await asked("pages", "show", page_id, **where)


async def test_a_page_that_there_is_not_is_told_so(database_url: str, tmp_path: Path) -> None:
    for command in ("show", "body"):
        ended = await crypto("pages", command, "7", folder=tmp_path, settings={"DATABASE_URL": database_url})
        assert (ended.code, ended.out) == (2, "")
        assert "no page 7 is stored" in ended.err
