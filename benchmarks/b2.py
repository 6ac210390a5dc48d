"""B2 is measured together with B1."""

from __future__ import annotations

from .__main__ import tell
from .b1 import measure

if __name__ == "__main__":
    tell([figure for figure in measure() if figure.bench == "B2"])
