"""Changes the database as somebody would who can write to the file and has no key."""

import shutil
import sqlite3
from contextlib import closing


def database_of(data):
    return data / "latchkey.db"


def execute(data, sql, *values):
    """Runs one statement; how many rows it changed."""
    with closing(sqlite3.connect(database_of(data), timeout=30)) as connection:
        with connection:
            return connection.execute(sql, values).rowcount


def row_of(data, table, where, *values):
    with closing(sqlite3.connect(database_of(data), timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {table} WHERE {where}", values).fetchone()
        return dict(found) if found else None


def columns_of(data, table):
    with closing(sqlite3.connect(database_of(data), timeout=30)) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def put_back(data, table, row, key):
    """Overwrites a row with an older state of it."""
    names = [name for name in row if name != key]
    assignments = ", ".join(f"{name} = ?" for name in names)
    return execute(
        data, f"UPDATE {table} SET {assignments} WHERE {key} = ?", *(row[n] for n in names), row[key]
    )


def copy_data(source, target, *leave_out):
    shutil.copytree(source, target, ignore=lambda *_: {"admin.sock", "lock", *leave_out})
    return target
