"""Dossiers that have just moved and wait to be told: each watched from one chat, every second one with something to pay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.store import Store
from bot.store.dossier_tables import charges, dossiers, imports, moves, watches
from bot.store.schema import chats

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday, 10:00 in Vietnam


def move(store: Store, number: int) -> None:
    """`number` dossiers, their watches and their moves."""
    chat = {"unit_id": "mau", "channel": "web", "account": "mau"}
    moment = {"as_of": NOW, "until_at": NOW, "import_id": "i1"}
    row = {
        "unit_id": "mau",
        "id": "i1",
        "source": "test",
        "until_at": NOW,
        "started_at": NOW,
        "status": "done",
        "silent": False,
    }
    with store.engine.begin() as connection:
        connection.execute(insert(imports), row)
        for n in range(number):
            code, owes = f"H48.99.01-261101-{n:04d}", n % 2 == 1
            state = "needs_payment" if owes else "done"
            connection.execute(insert(chats), {**chat, "chat_id": f"c{n}", "created_at": NOW})
            connection.execute(insert(watches), {**chat, "chat_id": f"c{n}", "code": code, "since": NOW, "full": True})
            connection.execute(
                insert(dossiers),
                {"unit_id": "mau", "code": code, "state": state, "procedure_code": "1.001612", **moment},
            )
            connection.execute(
                insert(moves),
                {
                    "unit_id": "mau",
                    "code": code,
                    "import_id": "i1",
                    "at": NOW,
                    "from_state": "processing",
                    "what": "state",
                },
            )
            if owes:
                due = NOW + timedelta(days=14)
                connection.execute(
                    insert(charges),
                    {
                        "unit_id": "mau",
                        "code": code,
                        "number": 1,
                        "amount": 75_000,
                        "state": "unpaid",
                        "due_at": due,
                        "changed_at": NOW,
                    },
                )
