"""Write the OpenAPI document as the API serves it: `python -m tests.support.openapi FILE`."""

import asyncio
import sys
from pathlib import Path

from tests.support.api import Served, ask


def main() -> None:
    """The document goes into the file that the command names."""
    answer = asyncio.run(ask(Served().app, "/api/v1/openapi.json"))
    Path(sys.argv[1]).write_bytes(answer.body)


if __name__ == "__main__":
    main()
