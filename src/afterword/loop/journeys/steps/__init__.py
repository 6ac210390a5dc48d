"""The kinds of step. One file a kind (or a pair); this list is all there is."""

from .branch import Branch
from .errand import Errand
from .send import Exit, Send
from .split import Holdout, Split
from .step import Anchor, Decision, Step, later
from .wait import Wait
from .wait_for import NEVER_SENT, SENT, WaitFor

KINDS: tuple[type[Step], ...] = (Wait, WaitFor, Branch, Split, Holdout, Send, Exit)

__all__ = [
    "KINDS", "NEVER_SENT", "SENT", "Anchor", "Branch", "Decision", "Errand", "Exit", "Holdout", "Send", "Split", "Step", "Wait", "WaitFor",
    "later",
]  # fmt: skip
