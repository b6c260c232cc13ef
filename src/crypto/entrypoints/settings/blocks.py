"""A setting that crypto.toml repeats in blocks: `[[source.csv.file]]`, each with keys of its own."""

from msgspec import Struct, inspect

from crypto.application.setting_names import BETWEEN, PREFIX
from crypto.entrypoints.settings.model import BadSetting
from crypto.entrypoints.settings.raw import FILE, RawSettings
from crypto.entrypoints.settings.value import core


def block_type(kind: inspect.Type) -> type[Struct] | None:
    """What each block is, where a setting of this kind takes blocks."""
    kind = core(kind)
    each = kind.item_type if isinstance(kind, inspect.VarTupleType) else None
    return each.cls if isinstance(each, inspect.StructType) else None


def blocks_of(given: RawSettings) -> list[RawSettings]:
    """The blocks of a setting, each as a raw setting that is called by its number.

    :raises BadSetting: when it is said elsewhere than in crypto.toml, or is not a list of blocks.
    """
    if given.called.startswith(PREFIX):
        told = ".".join(given.called.removeprefix(PREFIX).lower().split(BETWEEN))
        raise BadSetting(f"{given.called}: the environment cannot say blocks; write each as [[{told}]] in {FILE}")
    blocks = given.value
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        told = given.called.split("'")[1]
        raise BadSetting(f"{given.called}: takes blocks, each below a line [[{told}]]")
    return [RawSettings(each, f"{given.called}, block {number}") for number, each in enumerate(blocks, start=1)]


def keys_of(block: RawSettings) -> dict[str, RawSettings]:
    """The raw settings in a block, by their keys."""
    assert isinstance(block.value, dict)  # noqa: S101 - narrows the type for the checkers
    return {key: RawSettings(value, f"{block.called}, {key!r}") for key, value in block.value.items()}
