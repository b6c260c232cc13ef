"""What Alembic runs: the revisions, in the transaction of the connection that `migrate` holds the lock on."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
