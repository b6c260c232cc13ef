"""A file that cannot be read as it is and as the settings stand; the message says where and what would help."""


class Unreadable(Exception):
    """Reading the file again gives the same answer: the file or a setting must change first."""


def setting(name: str, value: str) -> str:
    """How a user writes a setting of the CSV source."""
    return f"CRYPTO_SOURCE__CSV__{name}={value}"
