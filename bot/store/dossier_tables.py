"""The tables of dossiers: what sources said of them, who watches them, what is still to be told. Part of `schema.metadata`.

No name, address or whole number stands here: phones and identity numbers are marks (`handlers.dossier.model.Sealer`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, SmallInteger, String, Table, Text

from bot.store.schema import UtcDateTime, chat_key, metadata

MARK = 43  # base64url of 32 bytes, without padding

dossiers = Table(
    "dossiers",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("procedure_code", String(16), nullable=False, default=""),
    Column("procedure_name", Text, nullable=False, default=""),
    Column("domain", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("state_name", String(120), nullable=False, default=""),
    Column("received_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    # The date promised first, where a later one was set.
    Column("due_before", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("returned_at", UtcDateTime),
    Column("applied", String(8), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("staff", Text, nullable=False, default=""),
    Column("phone", String(MARK), nullable=False, default=""),
    Column("phone_tail", String(MARK), nullable=False, default=""),
    Column("identity_tail", String(MARK), nullable=False, default=""),
    # How often papers were asked for: the second time makes a dossier late (docs/dossiers.md).
    Column("requests", SmallInteger, nullable=False, default=0),
    # The moment this row's data is from: the source's own time of the change, else the time of the export.
    Column("as_of", UtcDateTime, nullable=False),
    # When the newest source that held it was made; what a citizen hears as "dữ liệu đến".
    Column("until_at", UtcDateTime, nullable=False),
    Column("import_id", String(16), nullable=False),
    # Told once that its day has passed without a result.
    Column("told_late", Boolean, nullable=False, default=False),
    Index(None, "unit_id", "due_at"),
    Index(None, "unit_id", "state", "as_of"),
)

charges = Table(
    "charges",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False, default=""),
    Column("amount", BigInteger),
    Column("due_at", UtcDateTime),
    Column("state", String(12), nullable=False),
    # "source" or the officer who marked it; a source never takes away what an officer marked.
    Column("by", String(120), nullable=False, default="source"),
    Column("changed_at", UtcDateTime, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("by", String(120), nullable=False, default=""),
    # SHA-256 of the file: the same file again is known. Its name may hold a person's and is not kept.
    Column("fingerprint", String(64), nullable=False, default=""),
    Column("until_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # running, done, waiting (for an officer's word to send), cut (the process ended in it), undone
    Column("status", String(12), nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("rows", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("older", Integer, nullable=False, default=0),
    Column("doubtful", Integer, nullable=False, default=0),
    Column("notices", Integer, nullable=False, default=0),
    Index(None, "unit_id", "started_at"),
)

# How each dossier stood before an import touched it (JSON; NULL: it was not there). Kept for the newest import only, to undo it.
before_import = Table(
    "before_import",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("import_id", String(16), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("before", Text),
)

# What moved and is still to be told; a row goes when its notices are planned.
moves = Table(
    "moves",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("import_id", String(16), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    # The state before ("" unknown or new), and what changed: words of state, due, charge, first, with spaces between.
    Column("from_state", String(16), nullable=False, default=""),
    Column("what", String(40), nullable=False),
    Index(None, "unit_id", "import_id"),
)

watches = Table(
    "watches",
    metadata,
    *chat_key(),
    Column("code", String(48), primary_key=True),
    Column("label", String(40), nullable=False, default=""),
    Column("full", Boolean, nullable=False, default=False),
    Column("pending", Boolean, nullable=False, default=False),
    Column("reminders", Boolean, nullable=False, default=True),
    # "Đã nộp rồi" was said: no reminder until an import made after this moment shows otherwise.
    Column("paid_said_at", UtcDateTime),
    Column("since", UtcDateTime, nullable=False),
    # The day (in Vietnam) of the last notice, and the state it told: one a day unless it is their turn.
    Column("told_on", Date),
    Column("told_state", String(16), nullable=False, default=""),
    # How often this charge was spoken of: three times at most, the first message counted.
    Column("reminded", SmallInteger, nullable=False, default=0),
    Index(None, "unit_id", "code"),
)

# That somebody agreed, to which text, when; withdrawn, never deleted before its time. The chat goes with an erasure, the fact stays.
consents = Table(
    "consents",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("chat_id", String(128), nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("version", String(24), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index(None, "unit_id", "channel", "account", "chat_id"),
)

# Twenty look-ups a chat and hour: the hour begins with the first.
look_ups = Table(
    "look_ups",
    metadata,
    *chat_key(),
    Column("since", UtcDateTime, nullable=False),
    Column("number", Integer, nullable=False),
)

# Wrong second factors by chat, code and day (in Vietnam): five lock that chat, twenty over all chats raise an alert.
wrong_tries = Table(
    "wrong_tries",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("chat_id", String(128), primary_key=True),
    Column("number", Integer, nullable=False),
    Index(None, "unit_id", "day"),
)

follow_codes = Table(
    "follow_codes",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("code", String(48), primary_key=True),
    Column("mark", String(MARK), primary_key=True),
    Column("by", String(120), nullable=False, default=""),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# What no channel may carry: an officer phones. The number stands in the one-stop system, never here.
calls = Table(
    "calls",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("code", String(48), nullable=False),
    Column("procedure", Text, nullable=False, default=""),
    Column("reason", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", String(120), nullable=False, default=""),
    Column("outcome", String(200), nullable=False, default=""),
    Index(None, "unit_id", "done_at"),
    Index(None, "unit_id", "code"),
)

# Things counted by day, without anybody's name: why a charge is not paid, alerts, what became of notices.
counts = Table(
    "counts",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("number", Integer, nullable=False),
)

# Which column means what in a unit's exports, once an officer has confirmed it; by a fingerprint of the headers.
sheet_maps = Table(
    "sheet_maps",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("columns", Text, nullable=False),
    Column("by", String(120), nullable=False, default=""),
    Column("confirmed_at", UtcDateTime, nullable=False),
)

# Work that the clock or a turn starts, done by whichever process holds it; `payload` is JSON.
jobs = Table(
    "jobs",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("payload", Text, nullable=False, default="{}"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("holder", String(200), nullable=False, default=""),
    Column("held_until", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("made_at", UtcDateTime, nullable=False),
    Index(None, "unit_id", "kind", "due_at"),
)
