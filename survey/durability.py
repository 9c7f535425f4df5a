"""Whether the database waits for the disk before it says that something is kept: what "saved" rests on.

SQLite falls back in silence where a file system cannot have a write-ahead log; on PostgreSQL the server's own settings
decide. So both are asked what they do, not told.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

#: By dialect, what is asked, and for each answer the values with which acknowledged answers survive a power cut.
ASKED = {
    "sqlite": (
        "SELECT 'journal_mode', journal_mode FROM pragma_journal_mode"
        " UNION ALL SELECT 'synchronous', synchronous FROM pragma_synchronous",
        {"journal_mode": {"wal"}, "synchronous": {"2", "3"}},
    ),
    "postgresql": (
        "SELECT name, setting FROM pg_settings"
        " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
        {
            "fsync": {"on"},
            "full_page_writes": {"on"},
            "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
        },
    ),
}


def shortcomings(connection: Connection) -> list[str]:
    """Settings with which a power cut could take acknowledged answers, as `name is value`."""
    question, safe = ASKED[connection.dialect.name]
    found = {name: str(value) for name, value in connection.execute(text(question))}
    return [f"{name} is {found.get(name)}" for name in safe if found.get(name) not in safe[name]]
