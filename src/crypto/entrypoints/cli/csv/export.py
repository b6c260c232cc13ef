"""What to paste for an ingest to read the same files as a check did, in the same way."""

from collections.abc import Sequence

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.files.missing_coin_ids import TO_FILL_IN
from crypto.adapters.csv.files.proposal import Kind
from crypto.adapters.csv.input.address import may_hold_secret
from crypto.adapters.csv.input.standard_input import STANDARD_INPUT
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text.dialect import delimiter_word
from crypto.adapters.sources.csv_files import NAME, Options
from crypto.application.setting_names import setting_name
from crypto.entrypoints.cli.csv.options import OF_NO_FILE
from crypto.entrypoints.settings.export import as_environment, as_toml, chosen

Values = dict[str, object]


def exported_settings(
    options: Options, paths: Sequence[str], kinds: Sequence[Kind], *, are_set: bool
) -> dict[str, list[str]]:
    """The settings as lines for a shell and for crypto.toml; no path with a secret is among them.

    The `paths`, which have no block, stay where they are when they `are_set` already; others get one, to be put
    below those that are there. For each of `kinds` a block is proposed, whose coins are to be filled in.
    """
    values = {name: each for name, each in chosen(options).items() if name not in OF_NO_FILE}
    if options.delimiter:
        values["delimiter"] = delimiter_word(options.delimiter)
    if any(map(may_hold_secret, (*paths, *(block.path for block in options.file)))):
        told = [f"# {setting_name(NAME, 'paths')} as you have it: what follows the ? of an address may be a key"]
        return {"environment": [*told, *as_environment(NAME, values)], "toml": [*as_toml(NAME, values), *told]}
    blocks = (*options.file, *kinds)
    said = _but_nothing({"paths": tuple(paths), **values, "file": blocks})
    proposed = [_proposed(kind, options) for kind in kinds]
    if are_set:
        whole = _but_nothing({"paths": tuple(paths), **values, "file": (*options.file, *proposed)})
    else:
        whole = _in_blocks(options, values, paths, proposed)
    return {"environment": as_environment(NAME, said), "toml": as_toml(NAME, whole) if whole else []}


def _in_blocks(options: Options, values: Values, paths: Sequence[str], proposed: Sequence[Values]) -> Values:
    """A block for each, with all that is declared; in PATHS where nothing is, or a path cannot have a block."""
    declared = {name: each for name, each in values.items() if name in FormatOptions.__struct_fields__}
    general = {name: each for name, each in values.items() if name not in declared and not options.file}
    plain = not (options.file or declared or proposed)
    if plain or not all(map(_may_have_block, paths)):
        return {"paths": tuple(paths), **values}
    rest: list[Values] = [{"path": path} for path in paths]
    return _but_nothing({**general, "file": tuple({**each, **declared} for each in (*proposed, *rest))})


def _but_nothing(values: Values) -> Values:
    """The values that are not an empty list."""
    return {name: each for name, each in values.items() if each != ()}


def _may_have_block(path: str) -> bool:
    """Whether a path means the same in a block as in PATHS: standard input and names with braces do not."""
    return path != STANDARD_INPUT and not set("{}") & set(path)


def _proposed(kind: Kind, options: Options) -> Values:
    """What is to be filled in: each coin, and what its money is worth."""
    said: Values = {"path": kind.path, "coins": dict.fromkeys(kind.parts, TO_FILL_IN)}
    money = FileBlock(path=kind.path).money
    if money not in (None, "USD", *options.rates) and not options.rate:
        said["rate"] = f"<US dollars for one {money}>"
    return said
