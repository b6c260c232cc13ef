"""In which money an amount is: by the sign in its cell, its column's name, or the pair that was traded."""

from collections.abc import Mapping

DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD", "ARS", "CLP", "COP"})

SIGNS: Mapping[str, frozenset[str]] = {
    "$": DOLLARS,
    "US$": frozenset({"USD"}),
    "A$": frozenset({"AUD"}),
    "AU$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}),
    "CA$": frozenset({"CAD"}),
    "HK$": frozenset({"HKD"}),
    "MX$": frozenset({"MXN"}),
    "NT$": frozenset({"TWD"}),
    "NZ$": frozenset({"NZD"}),
    "S$": frozenset({"SGD"}),
    "R$": frozenset({"BRL"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₫": frozenset({"VND"}),
    "₦": frozenset({"NGN"}),
    "฿": frozenset({"THB"}),
    "₴": frozenset({"UAH"}),
    "₱": frozenset({"PHP"}),
    "zł": frozenset({"PLN"}),
    "₿": frozenset({"BTC"}),
    "Ξ": frozenset({"ETH"}),
}
"""What a sign in a cell may stand for; `$` alone is the dollar that the file is declared to be in."""

_STABLE = "USDT USDC BUSD TUSD FDUSD USDP PYUSD DAI UST USTC USDD USDE GUSD LUSD RLUSD EURT EURS EURC"
STABLE = frozenset(_STABLE.split())
"""Coins that follow some money, and are not it."""

_OTHER = """
AED AMD AZN BAM BDT BGN BHD BOB BYN CHF CRC CZK DKK DOP DZD EGP GEL GHS GTQ HUF IDR ILS IQD IRR ISK JOD KES KGS
KHR KWD KZT LBP LKR LYD MAD MDL MKD MMK MUR MVR MYR NIO NOK NPR OMR PAB PEN PKR PYG QAR RON RSD SAR SEK TND TRY
TZS UGX UYU UZS VES XAF XOF ZAR ZMW
"""
FIAT = DOLLARS.union(*SIGNS.values()) - {"BTC", "ETH"} | frozenset(_OTHER.split())

CODES = FIAT | STABLE | {"BTC", "ETH", "BNB"}

WORDS: Mapping[str, frozenset[str]] = {
    "dollar": DOLLARS,
    "euro": frozenset({"EUR"}),
    "pound": frozenset({"GBP", "EGP"}),
    "sterling": frozenset({"GBP"}),
    "yen": frozenset({"JPY"}),
    "yuan": frozenset({"CNY"}),
    "renminbi": frozenset({"CNY"}),
    "rupee": frozenset({"INR", "PKR", "LKR", "NPR", "MUR"}),
    "rupiah": frozenset({"IDR"}),
    "won": frozenset({"KRW"}),
    "ruble": frozenset({"RUB"}),
    "rouble": frozenset({"RUB"}),
    "lira": frozenset({"TRY"}),
    "real": frozenset({"BRL"}),
    "reais": frozenset({"BRL"}),
    "franc": frozenset({"CHF", "XAF", "XOF"}),
    "franken": frozenset({"CHF"}),
    "peso": frozenset({"MXN", "ARS", "CLP", "COP", "PHP", "UYU", "DOP"}),
    "zloty": frozenset({"PLN"}),
    "krone": frozenset({"NOK", "DKK"}),
    "krona": frozenset({"SEK", "ISK"}),
    "shekel": frozenset({"ILS"}),
    "rand": frozenset({"ZAR"}),
    "naira": frozenset({"NGN"}),
    "baht": frozenset({"THB"}),
    "tether": frozenset({"USDT"}),
    "bitcoin": frozenset({"BTC"}),
    "ether": frozenset({"ETH"}),
}
"""What money is called, in the singular; several have one name."""
