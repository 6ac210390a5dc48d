"""The mailbox's SMTP server. An answer of 250 means that the mail is committed; mails that come together are kept together."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from afterword.kit.env import env_int, env_str

from .actions import Arrived, keep_mails, take_in
from .hooks import Conversation

MOST_AT_ONCE = 400
PORT = 8025
AGAIN = 1.0  # seconds between two attempts at a port that is taken


class Keeper:
    """Gathers mails while the previous ones are being written, and writes them in one statement."""

    def __init__(self, write: Callable[[list[Arrived]], object]) -> None:
        self._kept = write
        self._waiting: list[tuple[list[Arrived], asyncio.Future[None]]] = []
        self._writer = ThreadPoolExecutor(1, "mailbox")
        self._busy: asyncio.Task[None] | None = None

    async def keep(self, mails: list[Arrived]) -> None:
        """Come back when these mails are committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mails, done))
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            batch = [mail for mails, _ in taken for mail in mails]
            fault: Exception | None = None
            try:
                await asyncio.get_running_loop().run_in_executor(self._writer, self._keep_all, batch)
            except Exception as error:
                fault = error
            for _, done in taken:
                if done.cancelled():
                    continue
                done.set_exception(fault) if fault else done.set_result(None)

    def _keep_all(self, batch: list[Arrived]) -> None:
        try:
            self._kept(batch)
        except Exception:
            connection.close()  # a broken connection is not used again; the sender is asked to try later
            raise

    def close(self) -> None:
        """Let the writing thread end, and its connection with it."""
        self._writer.submit(connection.close)
        self._writer.shutdown(wait=True)


class Mailbox:
    """The server on a thread of its own. `start` comes back once it listens; `stop` waits for what is being written."""

    def __init__(
        self, host: str = "127.0.0.1", port: int = PORT, *, patient: bool = False, keep: Callable[[list[Arrived]], object] = keep_mails
    ) -> None:
        self.host, self.port, self.patient, self.keep = host, port, patient, keep
        self._loop = asyncio.new_event_loop()
        self._begun = threading.Event()
        self._ready = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)
        self._end: asyncio.Event | None = None

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken; port 0 takes a free one and says so in `port`.

        A patient one comes back at once and takes the port as soon as it is free: another worker may be dying on it.
        """
        self._thread.start()
        self._begun.wait()
        if self.patient:
            return
        self._ready.wait()
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        """Listen no more."""
        if self._end is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    def wait(self) -> None:
        """Come back when the server has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as fault:
            self._fault = fault
        finally:
            self._ready.set()
            self._loop.close()

    async def _listening(self, keeper: Keeper) -> asyncio.Server | None:
        assert self._end is not None
        while True:
            try:
                return await self._loop.create_server(lambda: Conversation(keeper.keep), self.host, self.port)
            except OSError:
                if not self.patient:
                    raise
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await self._end.wait()
            if self._end.is_set():
                return None

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        self._begun.set()
        keeper = Keeper(self.keep)
        server = await self._listening(keeper)
        if server is None:
            return
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await self._end.wait()
        server.close()
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        keeper.close()


def beside() -> Mailbox:
    """The mailbox beside the worker's loop, at the address that rehearsals send to. It is listening soon; `stop` ends it."""
    mailbox = Mailbox(env_str("AFTERWORD_MAILBOX_HOST", "127.0.0.1"), env_int("AFTERWORD_MAILBOX_PORT", PORT), patient=True)
    mailbox.start()
    return mailbox


def receiving() -> Mailbox | None:
    """Where mail from the world comes in, if a port is set for it: bounces, complaints, answers. The shop's own mail server sends it on."""
    port = env_int("AFTERWORD_INBOUND_PORT", 0)
    if not port:
        return None
    door = Mailbox(env_str("AFTERWORD_INBOUND_HOST", "127.0.0.1"), port, patient=True, keep=take_in)
    door.start()
    return door


def serve(host: str = "127.0.0.1", port: int = PORT) -> None:
    """Run the mailbox until the process is asked to end (SIGINT, SIGTERM)."""
    mailbox = Mailbox(host, port)
    mailbox.start()
    try:
        mailbox.wait()
    except KeyboardInterrupt:
        mailbox.stop()
