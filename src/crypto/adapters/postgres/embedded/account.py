"""Which account the embedded server runs as: PostgreSQL refuses to run as root."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.adapters.platform import HERE
from crypto.adapters.platform.interface import ROOT, User
from crypto.application.errors import StoreUnavailable


@dataclass(frozen=True, kw_only=True)
class Account(User):
    """The account that owns the server's files and processes."""

    @property
    def is_ours(self) -> bool:
        """Whether it is the account that this very process runs as."""
        return self.uid == HERE.user_id()

    @property
    def popen(self) -> Mapping[str, Any]:
        """What `subprocess` needs to run a command as this account, and nothing more than it."""
        return {} if self.is_ours else HERE.run_as(self)


def server_account(wanted: str | None, *, data: Path, preferred: str = "postgres") -> tuple[Account, list[str]]:
    """The account to run the server as, and warnings for the person who started us.

    As an ordinary user that user; as root the wanted one, else the owner of the `data` that are
    there, else the `preferred` one where it exists, else `nobody`.
    :raises StoreUnavailable: when the wanted account cannot be had, is root, or does not own the data.
    """
    account, warnings = (
        _as_root(wanted, data, preferred) if HERE.user_id() == ROOT else (_as_ourselves(wanted), [])
    )
    _check_owner(account, data)
    return account, warnings


def _as_ourselves(wanted: str | None) -> Account:
    try:
        account = _account(HERE.user(HERE.user_id()))
    except KeyError as error:
        raise StoreUnavailable(
            f"user id {HERE.user_id()} has no name on this system, and PostgreSQL needs one: "
            "run as a named user, or set CRYPTO_DATABASE_URL"
        ) from error
    if wanted and wanted != account.name:
        raise StoreUnavailable(
            f"CRYPTO_EMBEDDED_USER is {wanted}, but only root can run the server as someone else: unset it"
        )
    return account


def _as_root(wanted: str | None, data: Path, preferred: str) -> tuple[Account, list[str]]:
    if wanted:
        return _named(wanted), []
    if data.exists() and HERE.owner_id(data) != ROOT:
        return _owner(data), []
    try:
        return _account(HERE.user_named(preferred)), []
    except KeyError:
        pass
    warning = "the embedded server runs as the account nobody; CRYPTO_EMBEDDED_USER names another"
    return _named("nobody"), [warning]


def _named(name: str) -> Account:
    try:
        account = _account(HERE.user_named(name))
    except KeyError as error:
        raise StoreUnavailable(
            f"there is no account {name} on this system: set CRYPTO_EMBEDDED_USER to one that exists"
        ) from error
    if account.uid == ROOT:
        raise StoreUnavailable("PostgreSQL refuses to run as root: set CRYPTO_EMBEDDED_USER to another account")
    return account


def _owner(data: Path) -> Account:
    try:
        return _account(HERE.user(HERE.owner_id(data)))
    except KeyError as error:
        raise StoreUnavailable(
            f"{data} belongs to user id {HERE.owner_id(data)}, which has no name here: "
            "give it to a named account, or set CRYPTO_DATA_DIR to another folder"
        ) from error


def _check_owner(account: Account, data: Path) -> None:
    if data.exists() and HERE.owner_id(data) != account.uid:
        raise StoreUnavailable(
            f"{data} does not belong to {account.name}, who would run the server: "
            "run as its owner, or set CRYPTO_DATA_DIR to another folder"
        )


def _account(user: User) -> Account:
    return Account(name=user.name, uid=user.uid, gid=user.gid)
