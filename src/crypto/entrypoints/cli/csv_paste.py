"""What to paste for an ingest to read the same files as a check did, in the same way."""

from collections.abc import Sequence

from crypto.adapters.files.address import may_hold_secret
from crypto.adapters.files.blocks import FileBlock
from crypto.adapters.files.lacking import TO_FILL_IN
from crypto.adapters.files.proposing import Kind
from crypto.adapters.files.standard_input import STANDARD_INPUT
from crypto.adapters.sources.csv_file import NAME, Options
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.dialect import delimiter_word
from crypto.entrypoints.cli.csv_options import OF_NO_FILE, setting_name
from crypto.entrypoints.settings.paste import as_environment, as_toml, chosen

Values = dict[str, object]


def to_paste(
    options: Options, paths: Sequence[str], kinds: Sequence[Kind], *, are_set: bool
) -> dict[str, list[str]]:
    """For a shell and for crypto.toml; `paths` are those that have no block, and none with a secret is shown.

    Those that `are_set` already stay where they are, others get a block in crypto.toml. For each of `kinds` a
    block is proposed, whose coins are to be filled in.
    """
    values = {name: each for name, each in chosen(options).items() if name not in OF_NO_FILE}
    if options.delimiter:
        values["delimiter"] = delimiter_word(options.delimiter)
    if any(map(may_hold_secret, (*paths, *(block.path for block in options.file)))):
        told = [f"# {setting_name('paths')} as you have it: what follows the ? of an address may be a key"]
        return {"environment": [*told, *as_environment(NAME, values)], "toml": [*as_toml(NAME, values), *told]}
    said = {"paths": tuple(paths), **values} if paths else values
    blocks = (*options.file, *kinds)
    environment = as_environment(NAME, {**said, **({"file": blocks} if blocks else {})})
    return {
        "environment": environment,
        "toml": as_toml(NAME, _in_toml(options, values, paths, kinds, in_paths=are_set)),
    }


def _in_toml(
    options: Options, values: Values, paths: Sequence[str], kinds: Sequence[Kind], *, in_paths: bool
) -> Values:
    """A block for each path; PATHS has them where there are blocks already, or nothing to say in one."""
    declared = {name: each for name, each in values.items() if name in Declared.__struct_fields__}
    general = {name: each for name, each in values.items() if name not in declared}
    proposed = [_proposed(each, options) for each in kinds]
    if in_paths or options.file or not (declared or proposed) or not all(map(_may_have_block, paths)):
        in_blocks = (*options.file, *proposed)
        return {
            **({"paths": tuple(paths)} if paths else {}),
            **values,
            **({"file": in_blocks} if in_blocks else {}),
        }
    rest: list[Values] = [{"path": path} for path in paths]
    return {**general, "file": tuple({**each, **declared} for each in (*proposed, *rest))}


def _may_have_block(path: str) -> bool:
    """Whether it means the same in a block as in PATHS: standard input and a name with braces do not."""
    return path != STANDARD_INPUT and not set("{}") & set(path)


def _proposed(kind: Kind, options: Options) -> Values:
    """What is to be filled in: each coin, and what its money is worth."""
    said: Values = {"path": kind.path, "coins": dict.fromkeys(kind.parts, TO_FILL_IN)}
    money = FileBlock(path=kind.path).money
    if money not in (None, "USD") and options.dollars == 1:
        said["rate"] = f"<US dollars for one {money}>"
    return said
