"""What a setting is called in the environment, spelled here and nowhere else: messages name the one to change."""

PREFIX = "CRYPTO_"
BETWEEN = "__"
"""What stands between `source`, the name of a source, and that of its option."""


def environment_name(*path: str) -> str:
    """A setting as the environment has it: `CRYPTO_PORT` for `port`."""
    return PREFIX + BETWEEN.join(path).upper()


def setting_name(source: str, option: str = "") -> str:
    """A setting of a source: `CRYPTO_SOURCE__COINGECKO__API_KEY`; without an option, how they all begin."""
    return environment_name("source", source, option)
