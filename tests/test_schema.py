"""The tables are what the models say, also where only SQL writes them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection, models

pytestmark = pytest.mark.django_db


def ours() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("afterword.") or model._meta.auto_created
    ]


def test_no_model_has_changed_without_a_migration() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_django_finds_nothing_wrong_with_the_installation() -> None:
    assert run_checks(include_deployment_checks=False, databases=["default"]) == []


def test_every_model_reads_columns_that_its_table_has() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, is_nullable = 'YES' from information_schema.columns where table_schema = current_schema()"
        )
        columns = {(table, column): nullable for table, column, nullable in cursor.fetchall()}
    wrong = []
    for model in ours():
        for field in model._meta.local_concrete_fields:
            place = (model._meta.db_table, str(field.column))
            if place not in columns:
                wrong.append(f"{model.__name__}.{field.name}: there is no column {place[0]}.{place[1]}")
            elif columns[place] and not field.null and model._meta.managed:
                wrong.append(f"{model.__name__}.{field.name}: the column may be null, the model says it is not")
    assert not wrong
