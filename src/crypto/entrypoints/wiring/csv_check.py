"""The CSV source, for a look at files before anything of them is stored."""

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.sources.csv_files import CsvFiles, Options, build


def paths_set(options: Options) -> tuple[str, ...]:
    """The paths that an ingest would read.

    :raises SourceOff: when none is set and the working directory has no sample file.
    """
    return build(options, clock=SystemClock()).paths


def csv_files_at(path: str, options: Options) -> CsvFiles:
    """The files at one path, read from their start and as these options declare them."""
    return CsvFiles(options, clock=SystemClock(), only=(path,))
