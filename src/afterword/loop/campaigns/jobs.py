"""What the worker does for campaigns."""

from __future__ import annotations

from .actions.conclude import conclude as conclude
from .actions.conclude import next_due as next_due
from .actions.conclude import pace as pace
from .actions.release import release as release
