"""The schema's history: a start compares the revision, upgrades after a backup, and refuses what a newer motcua wrote.

Alembic is imported only when there is something to change: it costs a start 0.4 s and 11 MB.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from bot.store.dialects import Dialect
from bot.store.errors import SchemaBroken, SchemaNewer

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "migrations"
REVISIONS = ("0001", "0002", "0003")  # every revision this code knows, oldest first; a test holds it against the files
HEAD = REVISIONS[-1]


def revision(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database. Raises SchemaNewer, SchemaBroken."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if "outbox" in tables or "chats" in tables:
            raise SchemaBroken("The database has tables but no revision. Restore a backup, or name another database.")
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        return None
    if found not in REVISIONS:
        raise SchemaNewer(
            f"The database is at revision {found}, this motcua knows up to {HEAD}. Start the newer motcua, or restore the backup "
            "made before the upgrade."
        )
    return str(found)


def prepare(engine: Engine, dialect: Dialect) -> str | None:
    """Bring the schema to HEAD where it is not; gives the revision it was at before (None: it was empty).

    The whole upgrade is one transaction, so a power cut leaves the old schema. Raises SchemaNewer, SchemaBroken, and the driver's own
    errors when the database is out of reach.
    """
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        found = revision(connection)
    if found == HEAD:
        return found
    with engine.begin() as connection:
        dialect.lock_schema(connection)
        found = revision(connection)  # somebody else may have been quicker
        if found == HEAD:
            return found
        if found is not None:
            aside = dialect.backup(found)
            log.warning("schema %s -> %s%s", found, HEAD, f", the old one is kept as {aside.name}" if aside else "")
        from alembic import command

        command.upgrade(alembic_config(connection), "head")
    return found


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, working inside `connection`'s transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
