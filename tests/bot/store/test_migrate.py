"""The schema's history, on both databases."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.store import AccountKey, SchemaBroken, SchemaNewer, Store, StoreError, migrate
from bot.store.dialects import dialect_for
from bot.store.schema import metadata

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_the_migrations_end_in_the_schema_that_the_code_uses(empty_database_url: str) -> None:
    store = Store.open(empty_database_url)
    with store.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == migrate.HEAD
    store.close()


def test_every_revision_file_is_known_to_the_code() -> None:
    walk = ScriptDirectory(str(migrate.FOLDER)).walk_revisions()
    assert tuple(script.revision for script in reversed(list(walk))) == migrate.REVISIONS


def test_a_second_start_changes_nothing(database_url: str) -> None:
    Store.open(database_url).close()
    dialect = dialect_for(database_url)
    engine = dialect.engine()
    assert migrate.prepare(engine, dialect) == migrate.HEAD
    engine.dispose()


def test_two_that_start_at_once_make_one_schema(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        for store in pool.map(Store.open, [empty_database_url] * 3):
            assert store.alive()
            store.close()


def test_a_newer_schema_is_refused_with_the_cure(database_url: str) -> None:
    store = Store.open(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(SchemaNewer, match=r"9999.*Start the newer motcua"):
        Store.open(database_url)


def test_tables_without_a_revision_are_refused(database_url: str) -> None:
    store = Store.open(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    store.close()
    with pytest.raises(SchemaBroken, match="no revision"):
        Store.open(database_url)


def test_a_backup_of_the_file_is_whole_and_holds_what_was_there(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'motcua.db'}")
    account = AccountKey("mau", "web", "mau")
    store.transact(lambda connection: store.turns.unseen(connection, [(account, "1")], NOW))
    aside = store.dialect.backup("0001")
    store.close()
    assert aside is not None
    assert aside.name.startswith("motcua.db.0001-")
    with closing(sqlite3.connect(aside)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT update_id FROM seen").fetchall() == [("1",)]
    assert not list(tmp_path.glob("*.part"))


def test_an_older_schema_is_backed_up_and_upgraded_and_a_failed_upgrade_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "motcua.db"
    Store.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        # A revision before the first: its tables clash with 0001's, so the upgrade must fail half way.
        connection.execute("DELETE FROM alembic_version")
        connection.execute("DROP TABLE chats")
        connection.commit()
    with pytest.raises(SchemaBroken, match="nothing was changed"):
        Store.open(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "chats" not in tables  # created by the upgrade, gone with its transaction


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("mysql://root:geheim@db/x", "mysql is not served"),
        ("sqlite://", "needs a file"),
        ("geheim, not a url", "not a database URL"),
    ],
)
def test_a_url_that_is_none_says_what_to_write_and_not_what_was_written(url: str, cure: str) -> None:
    with pytest.raises(StoreError, match=cure) as caught:
        Store.open(url)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "motcua.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(SchemaBroken, match="no SQLite database"):
        Store.open(f"sqlite:///{tmp_path / 'motcua.db'}")
