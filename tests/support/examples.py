"""Run an example of a document, and say what differs from what it shows."""

import json
import shutil
from decimal import Decimal

import pytest

from tests.support.readme import ROOT, Example, Service, differences, lines_not_there, read_json

CURL = """curl() { command curl -sS --noproxy '*' -w '\\n%{http_code}' "$@"; }; """


def wrong_in(example: Example, service: Service) -> list[str]:
    """What it shows and the service does not."""
    if example.command == "make run":
        return lines_not_there(service.at_its_port(example.shown), make_says() + service.terminal.text)
    if example.command.startswith("curl "):
        return _wrong_in_answer(example, service)
    text, code = service.run(example.command)
    return lines_not_there(example.shown, text) + ([f"exit code {code}: {text}"] if code else [])


def make_says() -> str:
    """What `make run` prints before it hands over to `crypto up`."""
    makefile = (ROOT / "Makefile").read_text()
    return makefile.replace("$(VENV)", ".venv").replace("$(REQUIREMENTS)", "requirements.txt") + "\n"


def _wrong_in_answer(example: Example, service: Service) -> list[str]:
    """The status is 200, or that of the problem that is shown; what is shown is in the answer."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    text, code = service.run(CURL + example.command)
    body, _, status = text.strip().rpartition("\n")
    shown = read_json(example.shown)
    expected = str(shown["status"]) if isinstance(shown.get("status"), int) else "200"
    if (code, status) != (0, expected):
        return [f"curl ended with {code}, HTTP {status} and not {expected}: {text}"]
    return differences(shown, json.loads(body, parse_float=Decimal))
