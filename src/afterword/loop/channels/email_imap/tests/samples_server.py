"""A real IMAP server (pymap) on this machine, with a mailbox of Ana's shop: mails are put into it as a mail server does."""

from __future__ import annotations

import asyncio
import socket
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from email.message import EmailMessage
from typing import Any

from imapclient import IMAPClient
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

USER, PASSWORD = "shop@lut.example", "s3cret"


def mail(subject: str, text: str = "Unde e?", sender: str = "ana@b.example", **more: str) -> bytes:
    """A mail as it travels."""
    one = EmailMessage()
    one["From"], one["To"], one["Subject"], one["Message-ID"] = sender, USER, subject, f"<{subject}@b.example>"
    for name, value in more.items():
        one[name.replace("_", "-")] = value
    one.set_content(text)
    return one.as_bytes().replace(b"\n", b"\r\n")


class Server:
    """The server, and a client of its own to look into it."""

    def __init__(self, *more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._more, self._ready, self._end = more, threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)

    async def _serve(self) -> None:
        parser = ArgumentParser()
        DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
        IMAPService.add_arguments(parser)
        given = ["--host", "127.0.0.1", "--port", str(self.port), *self._more]
        args = parser.parse_args([*given, "dict", "--demo-user", USER, "--demo-password", PASSWORD])
        args.skip_services, args.passlib_cfg, args.debug = [], None, False
        backend, config = await DictBackend.init(args)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._end.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)

    def client(self) -> Any:
        """Somebody else who looks into the same mailbox."""
        other = IMAPClient("127.0.0.1", self.port, ssl=False)
        other.login(USER, PASSWORD)
        return other

    def put(self, *mails: bytes) -> None:
        """Mails arrive."""
        other = self.client()
        for one in mails:
            other.append("INBOX", one)
        other.logout()

    def seen(self, folder: str = "INBOX") -> dict[int, bool]:
        """What lies in a folder, and whether it counts as read."""
        other = self.client()
        if not other.folder_exists(folder):
            return {}
        other.select_folder(folder, readonly=True)
        there = other.search()
        found = {uid: rb"\Seen" in given[b"FLAGS"] for uid, given in (other.fetch(there, ["FLAGS"]) if there else {}).items()}
        other.logout()
        return found

    @property
    def settings(self) -> dict[str, str]:
        """How it is set up as a mailbox."""
        return {"host": "127.0.0.1", "port": str(self.port), "tls": "none", "user": USER, "password": PASSWORD}


@contextmanager
def imap(*more: str) -> Iterator[Server]:
    """The server, while it serves."""
    server = Server(*more)
    server.start()
    try:
        yield server
    finally:
        server.stop()
