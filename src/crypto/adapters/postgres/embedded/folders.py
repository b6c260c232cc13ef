"""Where the embedded database lives on disk, and where its socket is."""

import hashlib
import os
from pathlib import Path

from crypto.adapters.platform import HERE
from crypto.adapters.platform.interface import ROOT
from crypto.adapters.postgres.embedded.account import Account
from crypto.application.errors import StoreUnavailable

FOR_ROOT = Path("/var/lib/crypto")
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # bytes: what sockaddr_un takes without its final zero, 107 on Linux and 103 on macOS


def default_data_dir() -> Path:
    """`/var/lib/crypto` for root, else `crypto` where this user's programs keep their data."""
    if HERE.user_id() == ROOT:
        return FOR_ROOT
    try:
        return HERE.data_home() / "crypto"
    except KeyError as error:
        raise StoreUnavailable(
            "this user has no home folder: set CRYPTO_DATA_DIR to a folder for the data"
        ) from error


def make_folder(folder: Path, *, owner: Account | None = None) -> None:
    """The folder, made where it is missing; one that exists is left exactly as it is.

    Root's are open to be passed through, as the server runs as someone else; a user's are private.
    :raises StoreUnavailable: when it cannot be made or used.
    """
    try:
        for missing in _missing(folder):
            missing.mkdir()
            missing.chmod(0o755 if HERE.user_id() == ROOT and owner is None else 0o700)
            if owner is not None:
                hand_over(missing, owner)
        usable = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    if not usable:
        raise _unusable(folder, "permission denied")


def hand_over(folder: Path, owner: Account) -> None:
    """Give a folder we just made to the server's account."""
    if not owner.is_ours:
        HERE.give(folder, owner)


def _missing(folder: Path) -> list[Path]:
    return [path for path in (*reversed(folder.parents), folder) if not path.exists()]


def _unusable(folder: Path, reason: str | None) -> StoreUnavailable:
    return StoreUnavailable(
        f"{folder} cannot be used for the embedded database ({reason}): "
        "set CRYPTO_DATA_DIR to a folder of your own"
    )


def check_reachable(folder: Path, account: Account) -> None:
    """See that the server's account can pass through all the parents of the folder.

    :raises StoreUnavailable: when it cannot; nobody's permissions are changed for it.
    """
    if account.is_ours:
        return
    if not HERE.can_enter(folder, account):
        raise StoreUnavailable(
            f"the account {account.name}, which runs the server for root, cannot enter {folder}: "
            f"set CRYPTO_DATA_DIR to a folder it can reach, such as {FOR_ROOT}"
        )


def socket_folder(data_dir: Path, account: Account) -> Path:
    """The folder of the server's socket: beside the data, or a short one when that path is too long.

    :raises StoreUnavailable: when the short folder belongs to someone else.
    """
    folder = data_dir / "socket"
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET:
        digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        folder = _runtime_folder(account) / f"crypto-{account.uid}-{digest}"
    make_folder(folder, owner=account)
    _check_private(folder, account)
    return folder


def _runtime_folder(account: Account) -> Path:
    named = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    usable = (
        account.is_ours
        and named.is_absolute()
        and named.is_dir()
        and len(os.fsencode(named)) < LONGEST_SOCKET // 2
    )
    return named if usable else Path("/tmp")  # noqa: S108 - the folder in it is private and its owner is checked


def _check_private(folder: Path, account: Account) -> None:
    if not HERE.is_private(folder, account):
        raise StoreUnavailable(
            f"{folder}, where the server's socket would be, is not a private folder of {account.name}: "
            "set CRYPTO_DATA_DIR to a shorter path"
        )
