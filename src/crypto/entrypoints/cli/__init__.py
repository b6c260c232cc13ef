"""The command line: `crypto up`, `crypto ingest`, `crypto data` and the others."""

from crypto.entrypoints.cli.app import main

__all__ = ["main"]
