"""`python -m evidence.lay online-retail`: a shop's past is laid for those who ask it."""

from __future__ import annotations

import sys

from .ground import lay

if __name__ == "__main__":
    lay(sys.argv[1])
