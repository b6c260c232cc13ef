"""How long ago something was, by the clock of this machine."""

from datetime import datetime

from crypto.adapters.platform.system_clock import SystemClock
from crypto.application.formatting import ago


def told_ago(at: datetime | None) -> str | None:
    """How long ago a moment is, `3 min ago`; None stays None."""
    return ago(at, SystemClock().now()) if at else None
