"""The rows that always exist (the installation, its first store) and the guard that keeps the audit append-only."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def make_first_rows(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """One installation with a secret of its own, and one store, `main`."""
    now = timezone.now()
    apps.get_model("accounts", "Installation").objects.get_or_create(id=1, defaults={"secret": secrets.token_bytes(32), "created_at": now})
    apps.get_model("accounts", "Store").objects.get_or_create(
        key="main", defaults={"name": "Main store", "languages": ["en"], "created_at": now}
    )


GUARD = """
create function refuse_to_rewrite() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_is_append_only before update or delete on accounts_audit
    for each row execute function refuse_to_rewrite();
"""
UNGUARD = "drop trigger audit_is_append_only on accounts_audit; drop function refuse_to_rewrite();"


class Migration(migrations.Migration):
    """First rows, and the audit's guard."""

    dependencies: ClassVar = [("accounts", "0001_first")]
    operations: ClassVar = [
        migrations.RunPython(make_first_rows, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
