"""Make sample.csv: about 100 made-up coins, so that there is something to ingest without any provider."""

from pathlib import Path

COINS = 100
EXPONENTS = 4, -18  # of the prices between the first coin's, 1e5, and the last one's, 1e-18
MOMENT = "2020-01-{day:02d}T{hour:02d}:00:00Z"
HEADER = "coin_id,name,symbol,price_usd,market_cap,volume_24h,observed_at"


def row(number: int) -> str:
    """The coin of that number, from 1; the higher the number the lower its price."""
    price = price_of(number)
    market_cap = "" if number % 17 == 0 else str(number * 1_234_567 % 987_654_321 * 1000)
    volume = "" if number % 23 == 0 else str(number * 7_654_321 % 98_765_432)
    moment = MOMENT.format(day=1 + number % 28, hour=number % 24)
    return f"sample-coin-{number},Sample coin {number},SC{number},{price},{market_cap},{volume},{moment}"


def price_of(number: int) -> str:
    """Evenly down the powers of ten, with four digits each but for the first and the last."""
    if number in (1, COINS):
        return "100000" if number == 1 else plain("1", -18)
    largest, smallest = EXPONENTS
    exponent = largest - round((number - 1) * (largest - smallest) / (COINS - 1))
    return plain(str(1000 + number * 7919 % 9000), exponent)


def plain(digits: str, exponent: int) -> str:
    """A price without scientific notation: its digits, the first of which counts 10 to the `exponent`."""
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    padded = digits.ljust(exponent + 1, "0")
    whole, fraction = padded[: exponent + 1], padded[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole


if __name__ == "__main__":
    lines = [HEADER, *(row(number) for number in range(1, COINS + 1))]
    Path(__file__).with_name("sample.csv").write_bytes("".join(f"{line}\n" for line in lines).encode())
