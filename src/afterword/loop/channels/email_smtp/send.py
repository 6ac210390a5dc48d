"""Carries envelopes to a mail server over a few connections that stay open. The only file of this channel that does I/O.

One round trip a message: the body of one and the commands of the next travel together (RFC 2920). The conversation runs on
an event loop in a thread of its own, so that a caller without one can take outcomes as they come.
"""

from __future__ import annotations

import asyncio
import math
import queue
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from afterword.kernel import faults
from afterword.kernel.errors import Failed
from afterword.loop.channels.types import Begin, Envelope, Outcome

from .requests import Offers, UnsafeAddress, body, commands, offers, sign_in
from .types import NoEncryption, Server, ServerUnreachable, SignInRefused
from .words import understood

_LOST = (OSError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError, ValueError)


@dataclass
class Line:
    """An open conversation with a server."""

    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    offers: Offers = field(default_factory=Offers)
    carried: int = 0
    since: float = 0.0

    async def answer(self) -> tuple[int, str]:
        """One reply: its code and all its text."""
        async with asyncio.timeout(self.server.answer_within):
            said: list[str] = []
            while True:
                raw = await self.reader.readuntil(b"\n")
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                said.append(line[4:])
                if line[3:4] != "-":
                    return int(line[:3]), "\n".join(said)

    async def ask(self, line: bytes) -> tuple[int, str]:
        """A command and its reply."""
        self.writer.write(line)
        return await self.answer()

    def close(self) -> None:
        """Leave politely, without waiting for the answer."""
        if not self.writer.is_closing():
            self.writer.write(b"QUIT\r\n")
            self.writer.close()


async def open_line(server: Server) -> Line:
    """Connect, greet, encrypt and sign in. Raises ServerUnreachable, NoEncryption or SignInRefused."""
    try:
        async with asyncio.timeout(server.connect_within):
            how = _context(server) if server.tls == "implicit" else None
            reader, writer = await asyncio.open_connection(server.host, server.port, ssl=how, limit=1 << 16)
            line = Line(server, reader, writer)
            await _greet(line)
    except _LOST as fault:
        raise ServerUnreachable(host=server.host, port=server.port, fault=_why(fault, server)) from fault
    return line


def _why(fault: BaseException, server: Server) -> str:
    """What a fault of the line means; what the server said in words that nobody expected stays as it was said."""
    said = str(fault) if isinstance(fault, ValueError) else ""
    return said or faults.told(fault, server.host, server.port)


async def _greet(line: Line) -> None:
    server = line.server
    code, said = await line.answer()
    if code != 220:
        line.close()
        raise ServerUnreachable(host=server.host, port=server.port, fault=f"{code} {said}")
    await _hello(line)
    if server.tls in ("starttls", "opportunistic"):
        if line.offers.starttls and (await line.ask(b"STARTTLS\r\n"))[0] == 220:
            await line.writer.start_tls(_context(server), server_hostname=server.host)
            await _hello(line)
        elif server.tls == "starttls":
            line.close()
            raise NoEncryption(host=server.host, port=server.port)
    if server.username:
        code = 0
        for step in sign_in(line.offers.auth, server.username, server.password):
            code, _ = await line.ask(step)
        if code != 235:
            line.close()
            raise SignInRefused(host=server.host, port=server.port, permanent=True)


async def _hello(line: Line) -> None:
    code, said = await line.ask(f"EHLO {line.server.hello}\r\n".encode())
    if code == 250:
        line.offers = offers(said.split("\n"))
        return
    code, said = await line.ask(f"HELO {line.server.hello}\r\n".encode())
    if code != 250:
        raise ValueError(f"{code} {said}")


def _context(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Turn:
    """One envelope on a line: whether its commands and its body have been written yet."""

    envelope: Envelope
    handed_over: bool = False


@dataclass
class Batch:
    """What is to be carried: what waits, who hears of it, who is asked before `once` leaves, until when (the loop's time) any begins."""

    waiting: deque[Envelope]
    tell: Callable[[Outcome], None]
    begin: Begin | None = None
    until: float = math.inf

    def over(self) -> bool:
        """Whether nothing more may begin."""
        return asyncio.get_running_loop().time() > self.until

    def put_off(self) -> None:
        """What waits never began, and says so."""
        while self.waiting:
            self.tell(Outcome(self.waiting.popleft().id, "deferred", "not_begun", 0, "there was no time to begin"))


async def carry(line: Line, batch: Batch) -> None:
    """Send what waits until nothing does or the line has carried its share. What was begun and lost is told as such."""
    if line.carried:  # a line that has been idle: is anybody there? Asked before anything is taken from what waits
        await line.ask(b"RSET\r\n")
    turn = _next(line, batch)
    line.writer.write(_start(line, turn))
    while turn is not None:
        now = turn
        try:
            turn = await _one(line, now, batch)
        except _LOST as fault:
            line.writer.close()
            said = _why(fault, line.server)
            batch.tell(Outcome(now.envelope.id, "deferred", "connection_lost", 0, said, in_doubt=now.handed_over))
            return


def _next(line: Line, batch: Batch) -> Turn | None:
    """The next envelope that this line can carry; those it cannot are told at once."""
    waiting, tell = batch.waiting, batch.tell
    while waiting and line.carried < line.server.mails_per_connection and not batch.over():
        envelope = waiting.popleft()
        try:
            commands(envelope)
        except UnsafeAddress as fault:
            tell(Outcome(envelope.id, "refused", "bad_address", 0, str(fault), suppress=True))
            continue
        if envelope.utf8 and not line.offers.utf8:
            tell(Outcome(envelope.id, "refused", "no_utf8", 0, "the server does not offer SMTPUTF8"))
        elif line.offers.size and len(envelope.raw) > line.offers.size:
            tell(Outcome(envelope.id, "refused", "too_large", 0, f"the server takes {line.offers.size} bytes"))
        else:
            return Turn(envelope)
    return None


async def _one(line: Line, turn: Turn, batch: Batch) -> Turn | None:
    """See one envelope through and write the commands of the next, which it gives back."""
    replies = await _asked(line, turn.envelope)
    bad = next(((code, said) for code, said in replies if code >= 400), None)
    ready = replies[-1][0] == 354
    line.carried += 1
    if bad and bad[0] == 421:
        line.writer.close()
        batch.tell(_outcome(turn.envelope, *bad))
        return None
    if bad:
        # Some servers say 354 although nobody may receive: they get an empty message, which goes nowhere.
        if ready:
            await line.ask(b".\r\n")
        await line.ask(b"RSET\r\n")  # before the next is taken: a line that breaks here has nobody else's envelope in its hands
        following = _next(line, batch)
        line.writer.write(_start(line, following))
        batch.tell(_outcome(turn.envelope, *bad))
        return following
    if turn.envelope.once and batch.begin is not None and not await asyncio.wrap_future(batch.begin(turn.envelope.id)):
        line.writer.close()  # a server that waits for the words and hears nothing more keeps nothing (RFC 5321, 4.1.1.4)
        batch.waiting.appendleft(turn.envelope)
        batch.until = -math.inf
        return None
    following = _next(line, batch)
    turn.handed_over = True
    line.writer.write(body(turn.envelope.raw) + _start(line, following))
    try:
        code, said = await line.answer()
    except _LOST:
        if following is not None:
            batch.waiting.appendleft(following.envelope)
        raise
    batch.tell(_outcome(turn.envelope, code, said))
    return following


def _start(line: Line, turn: Turn | None) -> bytes:
    return commands(turn.envelope) if turn is not None and line.offers.pipelining else b""


async def _asked(line: Line, envelope: Envelope) -> list[tuple[int, str]]:
    """The replies to MAIL, RCPT and DATA; without pipelining a refusal ends the asking early."""
    if line.offers.pipelining:
        return [await line.answer() for _ in range(3)]
    replies: list[tuple[int, str]] = []
    for command in commands(envelope).splitlines(keepends=True):
        replies.append(await line.ask(command))
        if replies[-1][0] >= 400:
            break
    return replies


def _outcome(envelope: Envelope, code: int, said: str) -> Outcome:
    result, meaning = understood(code, said)
    return Outcome(envelope.id, result, meaning.word, code, said, suppress=meaning.suppress)


class Pool:
    """Connections to one server, kept open between batches, on an event loop in a thread of its own."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._idle: list[Line] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name=f"smtp {server.host}", daemon=True).start()

    def send(self, batch: Sequence[Envelope], begin: Begin | None = None, within: float = math.inf) -> Iterator[Outcome]:
        """Send a batch; outcomes come as the server answers, one for every envelope."""
        return (outcome for outcome in self.stream(batch, begin, within) if outcome is not None)

    def stream(
        self, batch: Sequence[Envelope], begin: Begin | None = None, within: float = math.inf, breath: float | None = None
    ) -> Iterator[Outcome | None]:
        """The same, and None after each `breath` (seconds) without an answer."""
        told: queue.SimpleQueue[Outcome | Failed] = queue.SimpleQueue()
        work = asyncio.run_coroutine_threadsafe(self._send(deque(batch), told.put, begin, within), self._loop)
        work.add_done_callback(lambda done: told.put(self._ended(done)))
        try:
            left = len(batch)
            while left:
                try:
                    outcome = told.get(timeout=breath)
                except queue.Empty:
                    yield None
                    continue
                if isinstance(outcome, Failed):
                    raise outcome
                left -= 1
                yield outcome
        finally:
            if not work.done():
                work.cancel()

    def _ended(self, done: Future[None]) -> Failed:
        """What a caller hears who still waits when the work is over: whatever went wrong here, nobody waits for ever."""
        fault = None if done.cancelled() else done.exception()
        said = repr(fault) if fault is not None else "the conversation ended without a word about every message"
        return ServerUnreachable(host=self.server.host, port=self.server.port, fault=said)

    async def _send(self, waiting: deque[Envelope], tell: Callable[[Outcome | Failed], None], begin: Begin | None, within: float) -> None:
        lines = min(self.server.connections, 1 + len(waiting) // 8)
        batch = Batch(waiting, tell, begin, self._loop.time() + within)
        await asyncio.gather(*(self._worker(batch, tell) for _ in range(lines)))

    async def _worker(self, batch: Batch, tell: Callable[[Outcome | Failed], None]) -> None:
        """Carry until nothing waits. A line that fails before it carried anything ends the attempt: the rest is deferred."""
        waiting = batch.waiting
        while waiting:
            if batch.over():
                batch.put_off()
                return
            try:
                line = self._idle_line() or await open_line(self.server)
            except Failed as fault:
                if fault.permanent:
                    tell(fault)
                while waiting:
                    tell(Outcome(waiting.popleft().id, "deferred", "network", 0, str(fault)))
                return
            try:
                await carry(line, batch)
            except _LOST:  # an idle line that the server had closed meanwhile: nothing was begun on it
                line.writer.close()
                continue
            self._keep(line)

    def _idle_line(self) -> Line | None:
        now = self._loop.time()
        while self._idle:
            line = self._idle.pop()
            if not line.reader.at_eof() and now - line.since < self.server.idle_for:
                return line
            line.close()
        return None

    def _keep(self, line: Line) -> None:
        if line.writer.is_closing() or line.carried >= self.server.mails_per_connection:
            line.close()
            return
        line.since = self._loop.time()
        self._idle.append(line)

    def close(self) -> None:
        """Close every connection and end the thread."""

        def end() -> None:
            for line in self._idle:
                line.close()
            self._loop.call_later(0.05, self._loop.stop)

        self._loop.call_soon_threadsafe(end)


_pools: dict[Server, Pool] = {}
_lock = threading.Lock()


def _pool(server: Server) -> Pool:
    with _lock:
        pool = _pools.get(server) or Pool(server)
        _pools[server] = pool
    return pool


def send(batch: Sequence[Envelope], server: Server) -> Iterator[Outcome]:
    """Send a batch through the server's pool: one outcome for every envelope, in the order of the answers.

    Raises SignInRefused where trying again is of no use; everything else is an outcome.
    """
    return _pool(server).send(batch)


def stream(
    batch: Sequence[Envelope], server: Server, *, begin: Begin | None = None, within: float = math.inf, breath: float | None = None
) -> Iterator[Outcome | None]:
    """The same for whoever keeps what was answered while the rest is on its way.

    Args:
        begin: asked of every envelope that is `once`, just before its words leave; where it says no, all that is left is put off.
        within: seconds in which an envelope may begin; what has not begun by then is put off.
        breath: seconds without an answer after which None is given, so that the caller may write down what it has.
    """
    return _pool(server).stream(batch, begin, within, breath)
