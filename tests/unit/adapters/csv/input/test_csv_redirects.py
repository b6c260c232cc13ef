"""Where a server may lead to with a file's address."""

import pytest

from crypto.adapters.csv.input.address import check_redirect
from crypto.adapters.csv.unreadable import Unreadable

ELSEWHERE = "https://example.org/a.csv"
HERE = ("localhost", "localhost.", "a.localhost", "127.0.0.1", "127.1", "2130706433", "0",
        "[::1]", "[::]", "[::ffff:127.0.0.1]")  # fmt: skip


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HERE)
def test_nobody_elsewhere_leads_to_this_machine_itself(host: str, scheme: str) -> None:
    to = f"{scheme}://{host}:8000/a.csv"
    with pytest.raises(Unreadable, match="redirected to this machine itself"):
        check_redirect(ELSEWHERE, to, plain_http=True)
    check_redirect("http://localhost/a.csv", to, plain_http=True)


def test_nobody_leads_away_from_https_unless_that_is_declared() -> None:
    with pytest.raises(Unreadable, match=r"redirected to example\.net: over plain http"):
        check_redirect(ELSEWHERE, "http://example.net/a.csv", plain_http=False)
    check_redirect(ELSEWHERE, "http://example.net/a.csv", plain_http=True)


@pytest.mark.parametrize(
    "host", ["example.net", "local.host", "128.0.0.1", "[2001:db8::1]", "localhost.example.net"]
)
def test_anyone_may_lead_elsewhere(host: str) -> None:
    check_redirect(ELSEWHERE, f"https://{host}/a.csv", plain_http=False)
