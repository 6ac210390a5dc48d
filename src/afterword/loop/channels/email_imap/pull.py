"""Reads a mailbox over IMAP4rev1 (RFC 3501) with UIDs, IDLE (RFC 2177) and MOVE (RFC 6851) where the server has them. The only file of
this channel that does I/O. A mail is read without being marked; marking and moving is for whoever has kept it."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Sequence
from datetime import date
from imaplib import IMAP4
from typing import Any

from afterword.kernel.errors import Failed, Refused

from ..types import Provider, Settings
from .requests import FIELDS, port_of, request, understood
from .words import why

LARGEST = 20_000_000  # bytes
HERE = ("127.0.0.1", "localhost", "::1")
IDLE_FOR, TURN = 60.0, 2.0  # seconds: no server is trusted with more than a minute; whether to stop is looked at each turn
LOST = (IMAP4.error, OSError, ssl.SSLError)
IMAP = Provider("email_imap", "inbound", "Mailbox (IMAP)", FIELDS, request, understood)


class MailboxAway(Failed):
    """The mailbox {user} on {host} cannot be read: {fault}. {mend}"""


class NotEncrypted(Refused):
    """A mailbox on another machine is read with encryption only. Choose TLS from the beginning, or STARTTLS, under Encryption."""


class Box:
    """An open mailbox with its folder selected. `validity`: while it is the same, UIDs mean what they meant. `there`: how many mails it
    had when it was opened, `highest`: the highest UID that any had been given."""

    def __init__(self, settings: Settings, *, patience: float = 30.0) -> None:
        self.settings = settings
        self.folder, self.archive = settings.get("folder") or "INBOX", settings.get("archive") or "Afterword"
        with self._faults():
            self.client = self._signed_in(patience)
            self.abilities = frozenset(self.client.capabilities())
        with self._faults(choosing=True):
            chosen = self.client.select_folder(self.folder)
        self.validity, self.there = int(chosen[b"UIDVALIDITY"]), int(chosen[b"EXISTS"])
        self.highest = int(chosen[b"UIDNEXT"]) - 1 if b"UIDNEXT" in chosen else max(self.after(0), default=0)

    def _signed_in(self, patience: float) -> Any:
        from imapclient import IMAPClient, SocketTimeout  # where a mailbox is read, and nowhere else

        host, tls = self.settings["host"], self.settings.get("tls") or "implicit"
        if tls == "none" and host not in HERE:
            raise NotEncrypted
        context = ssl.create_default_context() if tls != "none" else None
        timeout = SocketTimeout(connect=min(patience, 15.0), read=patience)
        client = IMAPClient(host, port_of(self.settings), ssl=tls == "implicit", ssl_context=context, timeout=timeout)
        try:
            if tls == "starttls":
                client.starttls(context)
            client.login(self.settings["user"], self.settings["password"])
        except BaseException:
            with contextlib.suppress(*LOST):  # where encryption failed there is no line left to close
                client.shutdown()
            raise
        return client

    @contextlib.contextmanager
    def _faults(self, *, choosing: bool = False) -> Iterator[None]:
        try:
            yield
        except LOST as fault:
            from imapclient.exceptions import LoginError

            said, mend = why(fault, self.settings, signing_in=isinstance(fault, LoginError), choosing=choosing)
            raise MailboxAway(user=self.settings["user"], host=self.settings["host"], fault=said, mend=mend) from fault

    def after(self, uid: int) -> list[int]:
        """What came after a UID, in order. `n:*` names the last mail even where it came before; it is left out.

        A server need not show what came since its last word, so it is asked for a word first.
        """
        with self._faults():
            self.client.noop()
            self._told()
            return sorted(one for one in self.client.search(["UID", f"{uid + 1}:*"]) if one > uid)

    def unseen(self) -> list[int]:
        """What nobody has looked at, in order."""
        with self._faults():
            return sorted(self.client.search(["UNSEEN"]))

    def since(self, day: date) -> list[int]:
        """What came on a day or later, in order."""
        with self._faults():
            return sorted(self.client.search(["SINCE", day]))

    def mail(self, uid: int) -> bytes | None:
        """A mail as it travelled; None where it is gone, or larger than anything we take in."""
        with self._faults():
            size = self.client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
            if size is None or size > LARGEST:
                return None
            raw: bytes | None = self.client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        return raw

    def settle(self, uids: Sequence[int]) -> None:
        """Mark as seen, or move, what was kept. What is gone already is no fault."""
        if not uids:
            return
        with self._faults():
            self.client.add_flags(list(uids), [rb"\Seen"], silent=True)
            if self.settings.get("after") != "move":
                return
            if not self.client.folder_exists(self.archive):
                self.client.create_folder(self.archive)
            if b"MOVE" in self.abilities:
                self.client.move(list(uids), self.archive)
                return
            self.client.copy(list(uids), self.archive)
            self.client.delete_messages(list(uids), silent=True)
            self.client.expunge(list(uids) if b"UIDPLUS" in self.abilities else None)

    @property
    def idles(self) -> bool:
        """Whether the server says by itself that something came."""
        return b"IDLE" in self.abilities

    def _idled(self) -> bool:
        """Ask to be told; whether the server told something before it said yes, which the client takes for a fault of its."""
        try:
            self.client.idle()
        except IMAP4.error as told:
            if "* " not in str(told):
                raise
            while self.client._imap._get_response() is not None:
                pass
            self.client.idle_done()
            return True
        return False

    def listen(self, over: Any, seconds: float = IDLE_FOR) -> None:
        """Come back when something came since `after` was asked, when it is over (an event that is set), or after a while.

        Only where it `idles`. What the server told while other things were asked of it is not told again, so it is not waited for.
        """
        with self._faults():
            self.client.noop()
            if self._told():
                return
            if self._idled():
                return
            try:
                turns = int(seconds / TURN)
                while turns > 0 and not over.is_set() and not any(b"EXISTS" in one for one in self.client.idle_check(timeout=TURN)):
                    turns -= 1
            finally:
                self.client.idle_done()

    def _told(self) -> bool:
        """Whether the server has told of mails since this was last asked."""
        return bool(self.client._imap.response("EXISTS")[1] != [None])

    def close(self) -> None:
        """Take leave; a line that is lost already is no fault."""
        with contextlib.suppress(*LOST):
            self.client.logout()
