"""The tables and the questions asked of them: SQLAlchemy Core, synchronous, SQLite or PostgreSQL. The only place with SQL."""

from bot.store.database import Store
from bot.store.errors import LeaseLost, SchemaBroken, SchemaNewer, StoreDown, StoreError, place
from bot.store.keys import AccountKey, ChatKey, chat_of
from bot.store.transcripts import Message

__all__ = [
    "AccountKey",
    "ChatKey",
    "LeaseLost",
    "Message",
    "SchemaBroken",
    "SchemaNewer",
    "Store",
    "StoreDown",
    "StoreError",
    "chat_of",
    "place",
]
