"""A campaign lived through: drawn, tried out, stopped in the middle; and a releasing process that is killed writes to nobody twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.db import connection

from afterword.kit import clock, sql
from afterword.kit.postgres import address
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.actions.conclude import conclude, pace
from afterword.loop.campaigns.actions.release import release
from afterword.loop.campaigns.types import Plan
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.actions.hand_over import hand_over
from afterword.loop.messages.actions.judge import judge
from afterword.loop.segments import door as segments

from .story import Story, day, shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MINUTE = timedelta(minutes=1)
PEOPLE = 80
TEST = Plan(
    kind="product_update", segment="buyers", messages=("vip_thanks", "product_update"), holdout=0.15, per_minute=10, test_share=0.5,
    within_days=1, base=0.1, smallest=0.3,
)  # fmt: skip


def buyers(story: Story, many: int = PEOPLE) -> None:
    """So many people who have bought, and a segment of them."""
    told = [
        Told(
            "order.placed", story.now, "test", f"o{n}", order=f"o{n}",
            who=Who(external_id=f"p{n}", email=f"p{n}@example.com", verified=True), personal={"email": f"p{n}@example.com"},
            properties={"currency": "EUR", "total_minor": 100, "items": 1, "country": "RO", "language": "ro", "zone": "Europe/Bucharest"},
        )
        for n in range(many)
    ]  # fmt: skip
    identity.record(told, received_at=story.now)
    story.now += timedelta(seconds=5)
    events.seal(story.now)
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=story.now)


def rounds(story: Story, until_minutes: int) -> None:
    """The worker's rounds, a minute apart, as far as campaigns are concerned."""
    for _ in range(until_minutes):
        story.now += MINUTE
        with clock.travel(story.now):
            events.seal(story.now)
            release(story.now)
            judge(story.now)
            pace(story.now)
            hand_over(story.now)
            conclude(story.now)


def written_to(story: Story) -> list[str]:
    """The addresses in the mailbox, each as often as something came to it."""
    return sorted(parseaddr(str(mail["To"]))[1] for mail in story.mails())


def test_a_test_is_drawn_sent_at_its_pace_decided_and_stopped_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("5 May 08:00"), monkeypatch, "win_back") as story:
        accounts.save_store("main", by=None, brand={"day_cap": 9, "week_cap": 20})
        buyers(story)
        campaigns.keep("news", name="News", plan=TEST, at=story.now)
        campaigns.start("news", at=story.now)
        rounds(story, 3)
        sent = len(story.mails())
        assert 0 < sent <= 40, "ten a minute, no more"
        rounds(story, 10)
        first = {row[0] for row in sql.rows("select customer_id from campaign_person where part = 'first' and arm in ('A', 'B')")}
        assert len(story.mails()) == len(first)
        alone = sql.rows("select customer_id from campaign_person where arm = 'held_out'")
        assert not {c for (c,) in alone} & {c for (c,) in sql.rows("select customer_id from message_intent where state = 'sent'")}
        for id, customer in sql.rows("select id, customer_id from message_intent where message = 'vip_thanks' and state = 'sent'"):
            identity.record([Told("message.clicked", story.now, "test", f"c{id}", customer_id=customer, message_id=id,
                                  properties={"message": "vip_thanks", "url": "https://x"})], received_at=story.now)  # fmt: skip
        story.now += timedelta(hours=25)
        rounds(story, 2)
        row = campaigns.one("news")
        assert row.found is not None
        assert (row.winner, row.found["state"]) == ("A", "won")
        before = len(story.mails())
        assert before > len(first), "the rest gets the winner"
        with clock.travel(story.now):
            kept = campaigns.stop("news", at=story.now)
        rounds(story, 10)
        assert kept > 0
        assert len(story.mails()) == before
        everybody = written_to(story)
        assert len(everybody) == len(set(everybody))
        assert len(everybody) + kept + len(alone) == PEOPLE
        said = sql.value("select count(*) from event where name = 'message.dropped' and properties ->> 'campaign' = 'news'")
        assert said == kept


KILLED = textwrap.dedent(
    """
    import os, django
    django.setup()
    from datetime import datetime
    from afterword.kit import sql
    from afterword.loop.campaigns.actions import release as module
    meant = module.messages.intend
    def slowly(*given):
        done = meant(*given)
        print("meant", done, flush=True)
        sql.run("select pg_sleep(60)")
        return done
    module.messages.intend = slowly
    module.release(datetime.fromisoformat(os.environ["AT"]))
    """
)


def test_whoever_kills_a_process_in_the_middle_of_releasing_has_nobody_written_to_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with shop(day("5 May 08:00"), monkeypatch, "win_back") as story:
        buyers(story)
        campaigns.keep("news", name="News", plan=Plan(kind="product_update", segment="buyers", messages=("vip_thanks",)), at=story.now)
        campaigns.start("news", at=story.now)
        story.now += MINUTE
        events.seal(story.now)
        for _ in range(2):
            url = address.url_of(connection.settings_dict)
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED], env={**os.environ, "DATABASE_URL": url, "AT": story.now.isoformat()},
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == f"meant {PEOPLE}\n"
            process.send_signal(signal.SIGKILL)
            process.wait()
            end = time.monotonic() + 20
            while time.monotonic() < end and sql.value(
                "select count(*) from pg_stat_activity where query like 'select pg_sleep%%' and state = 'active'"
            ):  # noqa: E501
                sql.run("select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%%' and state = 'active'")
                time.sleep(0.2)
            assert sql.value("select count(*) from message_intent") == 0, "it had not committed"
        rounds(story, 2)
        everybody = written_to(story)
        assert len(everybody) == len(set(everybody)) == PEOPLE
