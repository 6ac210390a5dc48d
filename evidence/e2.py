"""E2: what a backtest of the last weeks, and a campaign's preview, say of the next weeks, held against what then happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from .ground import Finding, Table, say, shop, tell

DAY, WEEK = timedelta(days=1), timedelta(days=7)
BACK = 4 * WEEK
NOON = timedelta(hours=12)  # at night everybody would be let sleep
Counts = dict[date, int]


@dataclass(frozen=True)
class Past:
    """A shop whose journeys are asked: its name, the Mondays from which one looks ahead, and since when its log is worth asking."""

    name: str
    origins: tuple[datetime, ...]
    since: datetime


def _mondays(first: datetime, many: int) -> tuple[datetime, ...]:
    return tuple(first + n * WEEK for n in range(many))


RETAIL = Past("online-retail", _mondays(datetime(2011, 9, 5, tzinfo=UTC), 12), datetime(2010, 12, 1, tzinfo=UTC))
OLIST = Past("olist", _mondays(datetime(2018, 5, 7, tzinfo=UTC), 12), datetime(2017, 9, 4, tzinfo=UTC))
FEWEST = 3  # messages a week, below which there is nothing to foresee


def _volumes(text: str, since: datetime, until: datetime, folder: Path) -> Counts:
    """Messages a day as the journey means them: what is foreseen is the journey, whoever asks the guard."""
    from afterword.insight.backtests import door as backtests

    return dict(backtests.backtest(text, since=since, until=until, folder=folder, guard=False).per_day)


def foreseen(past: Past, texts: dict[str, str], folder: Path) -> Iterator[tuple[str, ...]]:
    """A row a journey: errors of the backtest of four weeks, and of the rival, for days and weeks."""
    end = past.origins[-1] + WEEK
    for key, text in sorted(texts.items()):
        lived = _volumes(text, past.since, end, folder)
        if sum(_week(lived, at) for at in past.origins) < FEWEST * len(past.origins):
            say(f"E2 {past.name} {key}: {sum(lived.values())} messages, too few")
            continue
        asked = {at: _volumes(text, at - BACK, at, folder) for at in past.origins}
        say(f"E2 {past.name} {key}")
        yield (past.name, key.replace("_", " "), *errors(lived, asked))


def _week(counts: Counts, at: datetime) -> int:
    return sum(counts.get((at + n * DAY).date(), 0) for n in range(7))


def errors(lived: Counts, asked: dict[datetime, Counts]) -> tuple[str, ...]:
    """The mean week, and mean absolute errors: of days and weeks, of the backtest and of the week before."""
    off: dict[str, list[float]] = {name: [] for name in ("day", "day before", "week", "week before", "signed")}
    for at, told in asked.items():
        mean, true, before = sum(told.values()) / BACK.days, _week(lived, at), _week(lived, at - WEEK)
        off["week"].append(abs(7 * mean - true))
        off["week before"].append(abs(before - true))
        off["signed"].append(7 * mean - true)
        for n in range(7):
            day, earlier = (at + n * DAY).date(), (at + (n - 7) * DAY).date()
            off["day"].append(abs(mean - lived.get(day, 0)))
            off["day before"].append(abs(lived.get(earlier, 0) - lived.get(day, 0)))
    whole = fmean(_week(lived, at) for at in asked)
    weeks = [100 * fmean(off[name]) / whole for name in ("week", "week before", "signed")]
    days = [f"{fmean(off[name]):.1f}" for name in ("day", "day before")]
    return f"{whole:.0f}", *days, f"{weeks[0]:.0f} %", f"{weeks[1]:.0f} %", f"{weeks[2]:+.0f} %"


def previews(origins: Sequence[datetime], revision: int) -> tuple[str, ...]:
    """How many would get a campaign now, by its preview, held against the same a week later; rival: the preview of the week before."""
    from afterword.loop.campaigns import door as campaigns

    plan = campaigns.Plan(kind="product_update", segment="evidence_recent", messages=("product_update",))
    campaigns.keep("evidence", name="Evidence", plan=plan, at=origins[0])
    assert revision
    go = {at: campaigns.foresee("evidence", at + NOON).go for at in (origins[0] - WEEK, *origins, origins[-1] + WEEK)}
    true = [go[at + WEEK] for at in origins]
    off = [abs(go[at] - one) for at, one in zip(origins, true, strict=True)]
    rival = [abs(go[at - WEEK] - one) for at, one in zip(origins, true, strict=True)]
    mean = fmean(true)
    return f"{mean:,.0f}", f"{fmean(off):.0f} ({100 * fmean(off) / mean:.1f} %)", f"{fmean(rival):.0f} ({100 * fmean(rival) / mean:.1f} %)"


def of_journeys(past: Past) -> list[tuple[str, ...]]:
    """All journeys that ship, in one past."""
    from afterword.insight.lake import door as lake
    from afterword.loop.journeys import door as journeys

    with TemporaryDirectory() as name:
        lake.export(Path(name))
        return list(foreseen(past, dict(journeys.shipped()), Path(name)))


def measure(retail: Past = RETAIL, olist: Past | None = OLIST) -> Finding:
    """Ask the journeys in both shops, and a campaign in the one whose customers come back."""
    with shop(retail.name, "e2"):
        from .lots import known_people

        rows = of_journeys(retail)
        revision = known_people(retail.origins[-1] + 2 * WEEK, 'count(order.placed, last="60d") >= 1', "evidence_recent")
        preview = previews(retail.origins, revision)
    if olist:
        with shop(olist.name, "e2"):
            rows += of_journeys(olist)
    heading = (
        "shop",
        "journey",
        "messages a week",
        "error a day: backtest",
        "rival",
        "error a week: backtest",
        "rival",
        "backtest, too many or few",
    )
    of_preview = Table(
        ("would get it a week later", "error of the preview", "rival, the preview a week earlier"), (preview,), "A campaign's preview"
    )
    return Finding("E2", CLAIM, DATA, RIVAL, (Table(heading, tuple(rows), "Messages of the next week"), of_preview), MEANS, LIMIT)


CLAIM = "a backtest of the last weeks tells how many messages a journey sends, and a campaign's preview how many would get it"
DATA = (
    "Online Retail (12 weeks from 5 September 2011) and Olist's sample (12 weeks from 7 May 2018). On each Monday the backtest of the four "
    "weeks before is asked, as of then; its messages a day are taken as those of the coming week. What then happened is the same journey "
    "asked of the whole past up to the end, which is what runs live, visit by visit (`tests/stories`). The campaign goes to those who "
    "bought "
    "within 60 days."
)
RIVAL = "as many as on the same day of the week before, and as many as in the week before."
MEANS = (
    "The week before foresees the next one as well as a backtest of four weeks does, or better, in most journeys; where volumes grow "
    "or fall the backtest lags, and it knows no weekday. Journeys that wait for five weeks or longer (recommend, reorder reminder, "
    "win back) it misses wholly, for whoever would be written to next week entered before the period that was asked. So a backtest "
    "says what would have happened in its period; it is not a forecast, and where a journey waits long it must be asked of more than "
    "its wait."
)
LIMIT = (
    "Messages are counted as the journey means them, without the guard. In Online Retail nothing is told of parcels, so only the "
    "order confirmation has anything to say; Olist's sample holds one in nineteen of the delivered orders, so its numbers are small "
    "and chance is a large part of every error. A forecast of days by weekday and season is not claimed."
)

if __name__ == "__main__":
    tell(measure())
