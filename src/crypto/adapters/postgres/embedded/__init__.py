"""A PostgreSQL of our own: the database that is there without anybody having installed one."""

from crypto.adapters.postgres.embedded.server import EmbeddedServer, ServerStatus

__all__ = ["EmbeddedServer", "ServerStatus"]
