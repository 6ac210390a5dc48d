"""The printed page of segments: what one is, what it may ask, and which come ready-made."""

from __future__ import annotations

from afterword.loop.conditions.door import ATTRIBUTES

from .shipped import SHIPPED

ABOUT = """# Segments

Printed from the code. A segment is a condition about customers that has a name. Who fulfils it is kept exact at every instant:
whoever something becomes known of is asked again, and so is whoever may turn by time alone, at the very instant at which they may.

* A segment asks about a customer, so there is no `order.…` and no `event.…`; everything else that
  [conditions](steps.md#what-conditions-may-read) can do, it can.
* `in_segment("key")` names another segment. Its condition is copied in when this one is kept, and follows no later change of it
  until this one is kept again. A segment cannot lead back to itself, and cannot hang on `segment.entered` or `segment.left`.
* Another condition is another revision; earlier ones stay. Everybody is asked once, and nobody is told of that:
  `segment.entered` and `segment.left` are told of those who come in or leave afterwards, once for each change, at its instant.
* Whoever goes on as another customer, or was forgotten, is in no segment.
* A condition that cannot be asked is set aside with the reason, and stops no other.
"""


def reference_page() -> str:
    """The page, as Markdown."""
    lines = [ABOUT, "## What is known of a customer", ""]
    lines += [f"* `customer.{name}` ({kind})" for name, kind in ATTRIBUTES["customer"].items()]
    lines += ["", "## Ready-made", "", "| key | name | who is in it | condition |", "|---|---|---|---|"]
    lines += [f"| `{one.key}` | {one.name} | {one.about} | `{one.text}` |" for one in SHIPPED]
    return "\n".join([*lines, ""])
