"""Wait for a duration, until a date that may still change, or until an hour in the customer's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.doors import Late
from afterword.kernel.durations import spoken
from afterword.kernel.marks import gettext_noop

from .step import Anchor, Decision, Step, later

ibis: Any = Late("ibis")

WAKES = {
    "delivered_at": ("order.delivered",),
    "promised_from": ("order.placed", "shipment.promised", "shipment.created"),
    "promised_to": ("order.placed", "shipment.promised", "shipment.created"),
    "shipped_at": ("order.fulfilled", "shipment.created", "shipment.accepted"),
    "placed_at": ("order.placed",),
    "cancelled_at": ("order.cancelled",),
    "refunded_at": ("order.refunded",),
    "runs_out_at": ("order.delivered",),
}


@dataclass(frozen=True)
class Wait(Step):
    """Wait.

    A plain duration counts from arrival. `until` follows a date of the order (`order.delivered_at + 3d`): the wait ends at
    the first moment at which the date, as it is known then, has passed; without a date it ends after `limit`, as `timed_out`.
    A date of the event that began the run (`event.due_at - 1d`) stays what it was.
    `at` then moves the end on to the next such hour (`09:00`, `mon-fri 09:00`) in the customer's own time zone. With
    `business_days` it moves on to that hour of so many business days later, by the public holidays of a country.
    """

    for_: int = 0
    until: Anchor | None = None
    limit: int = 0
    at: str = ""
    business_days: int = 0
    holidays: str = ""

    kind: ClassVar[str] = "wait"
    icon: ClassVar[str] = "hourglass"
    about: ClassVar[str] = gettext_noop("Lets time pass: some days, until an hour of the day, or until a date of the order.")
    lasting: ClassVar[bool] = True

    @property
    def outcomes(self) -> tuple[str, ...]:
        return ("done", "timed_out") if self.until else ("done",)

    @property
    def clock(self) -> str:
        return f"{self.business_days} business {self.holidays or '-'} {self.at}" if self.business_days else self.at

    @property
    def anchor(self) -> Anchor | None:
        return self.until

    @property
    def woken_by(self) -> tuple[str, ...]:
        return WAKES[self.until.attribute] if self.until and self.until.owner == "order" else ()

    def base(self, row: Any) -> Any:
        if self.until:
            return ibis.least(ibis.coalesce(row.anchored_at, later(row.entered_at, self.limit)), later(row.entered_at, self.limit))
        return later(row.entered_at, self.for_)

    def decide(self, row: Any) -> Decision:
        if not self.until:
            return Decision(row.due_at, ibis.literal("done"))
        in_time = (row.anchored_at <= later(row.entered_at, self.limit)).fill_null(False)
        return Decision(row.due_at, ibis.ifelse(in_time, "done", "timed_out"))

    def spoken(self) -> str:
        parts = []
        if self.for_:
            parts.append(spoken(self.for_))
        if self.until:
            date = self.until.attribute.removesuffix("_at").replace("_", " ")
            sign = "after" if self.until.offset >= 0 else "before"
            parts.append(f"{spoken(abs(self.until.offset))} {sign} {date}" if self.until.offset else f"until {date}")
        if self.business_days:
            days = f"{self.business_days} business day{'s' if self.business_days > 1 else ''}"
            parts.append(f"{days}{f' ({self.holidays})' if self.holidays else ''}")
        if self.at:
            parts.append(f"{'then ' if parts else 'until '}{self.at} their time")
        return ", ".join(parts) or "no time"
