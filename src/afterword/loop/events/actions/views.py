"""The typed views that conditions read, printed from the vocabulary."""

from __future__ import annotations

from hashlib import sha256

from django.db import connection, transaction

from afterword.kernel.shapes import Vocabulary, view_name

from ..queries import lately_view_sql, recalled_view_sql, view_sql, wide_view_sql


def print_views(vocabulary: Vocabulary) -> int:
    """Make or renew the typed views whose definition has changed; says how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select relname, obj_description(oid, 'pg_class') from pg_class "
            "where relkind = 'v' and relnamespace = current_schema()::regnamespace"
        )
        marks = dict(cursor.fetchall())
        renewed = 0
        wanted = {view_name(d.name): view_sql(d) for d in vocabulary} | {
            "event_any": wide_view_sql(vocabulary), "event_lately": lately_view_sql(vocabulary),
            "event_recalled": recalled_view_sql(vocabulary),
        }  # fmt: skip
        for view, text in wanted.items():
            mark = sha256(text.encode()).hexdigest()[:32]
            if marks.get(view) == mark:
                continue
            cursor.execute(f"drop view if exists {view} cascade")
            cursor.execute(text)
            cursor.execute(f"comment on view {view} is '{mark}'")
            renewed += 1
    return renewed
