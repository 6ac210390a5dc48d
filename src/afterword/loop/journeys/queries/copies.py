"""Whose mails a colleague gets copies of: versions of journeys that say so."""

from __future__ import annotations

COPIED = "select id, document ->> 'copy_to' from journey_version where coalesce(document ->> 'copy_to', '') <> ''"
