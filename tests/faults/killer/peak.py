"""The most memory that a process had."""

from pathlib import Path

STATUS = Path("/proc/self/status")
MOST_RESIDENT = "VmHWM:"


def tell_peak(report: Path) -> None:
    """Write `peak KIB` to the end of a file: the most that this process had resident so far."""
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith(MOST_RESIDENT)]
    with report.open("a") as file:
        file.write(f"peak {line.split()[1]}\n")
