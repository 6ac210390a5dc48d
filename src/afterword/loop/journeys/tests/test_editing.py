"""Steps are put in, taken out, moved, set and renamed in the text; comments, order and every other letter survive."""

from __future__ import annotations

import random
import re

import pytest

from afterword.kernel.errors import Refused
from afterword.loop.events.door import vocabulary
from afterword.loop.journeys.actions.drafts import shipped
from afterword.loop.journeys.rules import editing
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.rules.drawing import drawn
from afterword.loop.journeys.rules.sheet import MISSING, assigned
from afterword.loop.journeys.rules.yaml import loaded
from afterword.loop.journeys.steps import Split, Step

TEXT = """# Our first one
journey: hello
subject: order   # not the customer
trigger: {event: order.placed}   # as it is

steps:
  # a little air
  - id: air
    wait: 3d   # long enough

  - id: kind
    branch:
      # whoever spent much
      much: order.total > 50
      little: order.total < 5
    then:
      much: thanks
      otherwise: ask   # the others

  - id: thanks
    title: "Thank you"
    send:
      message: nps
      useful_for: 2d   # stale after that
  - id: ask
    send: csat
# the end
"""


def ways(text: str) -> dict[str, dict[str, str | None]]:
    return {key: dict(step.ways) for key, step in drawn(loaded(text)).steps.items()}


def test_a_step_is_put_in_between_and_nothing_else_changes() -> None:
    done = editing.inserted(TEXT, "wait", "2d", after="air", outcomes=["done"])
    assert done.step == "wait"
    assert done.text.replace("\n  - id: wait\n    wait: 2d\n", "", 1) == TEXT
    assert ways(done.text)["air"] == {"done": "wait"}
    assert ways(done.text)["wait"] == {"done": "kind"}


def test_a_step_can_be_put_first_and_on_a_way_that_ended() -> None:
    first = editing.inserted(TEXT, "holdout", "10%", after="trigger").text
    assert ways(first)["trigger"] == {"entered": "holdout"}
    assert ways(first)["holdout"] == {"in": "air", "held_out": None}
    ended = editing.inserted(TEXT, "wait", "1d", after="kind", outcomes=["little"]).text
    assert ways(ended)["kind"] == {"much": "thanks", "little": "wait", "otherwise": "ask"}
    assert ways(ended)["wait"] == {"done": None}
    assert "otherwise: ask   # the others" in ended


def test_a_step_that_goes_lets_the_others_meet_and_takes_along_what_nothing_reaches() -> None:
    assert ways(editing.removed(TEXT, "air").text)["trigger"] == {"entered": "kind"}
    done = editing.removed(TEXT, "kind")
    assert done.gone == ("ask", "kind") or done.gone == ("kind",)
    assert ways(done.text)["air"] == {"done": "thanks"}
    for comment in ("# Our first one", "# a little air", "# long enough", "# stale after that", "# the end"):
        assert comment in done.text


def test_neighbours_change_places_with_their_comments() -> None:
    text = editing.inserted(TEXT, "wait", "2d", after="air", outcomes=["done"]).text
    back = editing.moved(text, "wait", earlier=True).text
    assert ways(back)["trigger"] == {"entered": "wait"}
    assert ways(back)["wait"] == {"done": "air"}
    assert back.index("id: wait") < back.index("# a little air") < back.index("id: air")
    assert ways(editing.moved(back, "wait", earlier=False).text) == ways(text)


def test_a_step_gets_another_name_and_everything_follows() -> None:
    text = TEXT + "  - id: wait_long\n    wait_for:\n      event: message.clicked\n      within: 3d\n      from: ask\n"
    done = editing.renamed(text, "ask", "question").text
    assert "otherwise: question   # the others" in done
    assert "from: question" in done
    assert "ask" not in done.replace("# the", "")
    with pytest.raises(Refused):
        editing.renamed(text, "ask", "air")


def test_a_setting_changes_at_its_place() -> None:
    done = editing.set_step(TEXT, "thanks", "send", {"message": "nps", "useful_for": "4d"}).text
    assert done == TEXT.replace("useful_for: 2d ", "useful_for: 4d ")
    done = editing.set_step(TEXT, "air", "wait", {"for": "3d", "at": "10:00"}).text
    assert '    wait:   # long enough\n      for: 3d\n      at: "10:00"\n' in done.replace("wait:  #", "wait:   #")
    assert editing.set_value(TEXT, ["trigger", "max_age"], "7d").count("# as it is") == 1
    assert loaded(editing.set_value(TEXT, ["trigger", "max_age"], "7d"))["trigger"] == {"event": "order.placed", "max_age": "7d"}


def test_a_case_that_has_another_name_leads_where_it_led() -> None:
    cases = {"little": "order.total < 5", "a_lot": "order.total > 50"}
    done = editing.set_step(TEXT, "kind", "branch", cases, renames={"much": "a_lot"}).text
    assert ways(done)["kind"] == {"little": None, "a_lot": "thanks", "otherwise": "ask"}
    assert list(loaded(done)["steps"][1]["branch"]) == ["little", "a_lot"], "the first that is true wins, so their order counts"
    assert "# whoever spent much" in done


def test_what_would_be_a_loop_is_refused() -> None:
    with pytest.raises(Refused, match="loops"):
        editing.led(TEXT, "ask", "done", "air")


def test_an_end_takes_along_what_came_after_it() -> None:
    done = editing.inserted(TEXT, "exit", "enough", after="air", outcomes=["done"])
    assert done.gone == ("ask", "kind", "thanks")
    assert ways(done.text) == {"trigger": {"entered": "air"}, "air": {"done": "exit"}, "exit": {}}


def test_a_document_in_one_line_can_be_changed_too() -> None:
    text = "journey: x\nsteps: [{id: a, wait: 3d}, {id: b, send: {message: nps, useful_for: 3d}}]  # short\n"
    done = editing.inserted(text, "wait", "1d", after="a", outcomes=["done"]).text
    assert list(ways(done)) == ["trigger", "a", "wait", "b"]
    assert "# short" in done
    assert loaded(assigned(text, ["steps", "b", "send", "useful_for"], MISSING))["steps"][1] == {"id": "b", "send": {"message": "nps"}}


def random_edit(dice: random.Random, text: str) -> editing.Edited:
    """One of the things that can be done with a text, at random."""
    steps = drawn(loaded(text)).steps
    key = dice.choice(list(steps))
    match dice.randrange(6 if key != "trigger" else 1):
        case 0 | 1:
            kind = dice.choice([*editing.STARTS, "send"])
            out = [] if key == "trigger" else [dice.choice(list(steps[key].ways) or [""])]
            return editing.inserted(text, kind, editing.STARTS.get(kind, "nps"), after=key, outcomes=out)
        case 2:
            return editing.removed(text, key)
        case 3:
            return editing.moved(text, key, earlier=dice.random() < 0.5)
        case 4:
            return editing.renamed(text, key, f"renamed_{dice.randrange(999)}")
        case _:
            kind = steps[key].kind
            return editing.set_step(text, key, kind, editing.STARTS.get(kind, {"message": "csat", "useful_for": "3d"}))


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_done_no_comment_is_lost_and_the_text_reads_back(seed: int) -> None:
    dice = random.Random(seed)
    texts = [TEXT, *shipped().values()]
    text = commented(dice.choice(texts))
    for _ in range(12):
        try:
            done = random_edit(dice, text)
        except Refused:
            continue
        own = set(words_within(text, done.gone))
        assert set(re.findall(r"# \S+", text)) - own <= set(re.findall(r"# \S+", done.text)), done
        assert set(ways(done.text)) - {"trigger"} == {one["id"] for one in loaded(done.text)["steps"] or []}
        text = done.text


def commented(text: str) -> str:
    """A text with a comment of its own above and behind every line that can bear one."""
    out: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if line.strip() and not line.lstrip().startswith("#"):
            plain = "#" not in line
            out += [" " * (len(line) - len(line.lstrip())) + f"# above{number}", f"{line}  # behind{number}" if plain else line]
        else:
            out.append(line)
    return "\n".join(out)


def words_within(text: str, gone: tuple[str, ...]) -> list[str]:
    """The comments that stand inside of steps which go: they go with them."""
    lines, out, inside = text.split("\n"), list[str](), False
    for line in lines:
        if found := re.match(r"\s*- id: (\w+)", line):
            inside = found.group(1) in gone
        elif inside and re.match(r"\S", line) and not line.startswith("#"):
            inside = False
        if inside:
            out += re.findall(r"# \S+", line)
    return out


DRAWN = """journey: lots
subject: order
trigger: {event: order.placed}
steps:
  - id: alone
    holdout: 10%   # to learn
    then: {in: ways, held_out: end}
  - id: ways
    split:
      a: 50   # as it was
      b: 50
    then: {a: one, b: two}
  - id: one
    send: csat
    then: end
  - id: two
    send: nps
examples:
  - name: Somebody draws the second
    lot: {alone: in, ways: b}   # by hand
    events:
      - {event: order.placed, at: 0d}
      - {event: message.clicked, after: 1d, with: {step: two, message: nps}}
    expect:
      - {message: nps, at: 0d}
"""


def understood(text: str) -> dict[str, Step]:
    return dict(read({k: v for k, v in loaded(text).items() if k != "examples"}, vocabulary).steps)


def test_a_renamed_step_that_draws_lots_still_draws_the_same_ones() -> None:
    before = understood(DRAWN)
    text = editing.renamed(editing.renamed(DRAWN, "ways", "fork").text, "alone", "kept_apart").text
    after = understood(text)
    assert isinstance(before["ways"], Split)
    assert after["fork"] == before["ways"]
    assert after["kept_apart"] == before["alone"]
    assert "# as it was" in text
    assert "# to learn" in text
    document = loaded(text)
    assert document["steps"][1]["split"]["salt"] == "lots.ways"
    assert document["steps"][0]["holdout"] == {"share": "10%", "salt": "lots.alone"}
    again = editing.renamed(text, "fork", "third").text
    assert understood(again)["third"] == before["ways"]
    back = loaded(editing.renamed(again, "third", "ways").text)
    assert "salt" not in back["steps"][1]["split"]
    assert understood(editing.renamed(again, "third", "ways").text)["ways"] == before["ways"]


def test_the_examples_follow_a_rename() -> None:
    text = editing.renamed(editing.renamed(DRAWN, "ways", "fork").text, "two", "second").text
    example = loaded(text)["examples"][0]
    assert example["lot"] == {"alone": "in", "fork": "b"}
    assert example["events"][1]["with"] == {"step": "second", "message": "nps"}
    assert "# by hand" in text
    split = loaded(DRAWN)["steps"][1]["split"]
    done = editing.set_step(DRAWN, "ways", "split", {"a": split["a"], "late": split["b"]}, renames={"b": "late"})
    assert loaded(done.text)["examples"][0]["lot"] == {"alone": "in", "ways": "late"}
    assert ways(done.text)["ways"] == {"a": "one", "late": "two"}
