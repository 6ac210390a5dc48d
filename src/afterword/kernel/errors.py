"""The two families of errors. The docstring of an error class is its message, so text and documentation cannot drift."""

from __future__ import annotations

import inspect


class AfterwordError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, **values: object) -> None:
        text = message or inspect.cleandoc(self.__class__.__doc__ or "Something went wrong.")
        super().__init__(text.format(**values) if values else text)
        self.values = values


class Refused(AfterwordError):
    """This cannot be done as asked."""


class Failed(AfterwordError):
    """A machine could not finish this.

    `permanent` says whether trying again is of any use.
    """

    def __init__(self, message: str | None = None, *, permanent: bool = False, **values: object) -> None:
        super().__init__(message, **values)
        self.permanent = permanent


class Complaint(AfterwordError):
    """{path}: {fault}; expected {expected}."""

    def __init__(self, path: str, fault: str, expected: str) -> None:
        super().__init__(path=path, fault=fault, expected=expected)  # the docstring is filled in once: what was sent may hold braces
        self.path, self.fault, self.expected = path, fault, expected

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Complaint) and (self.path, self.fault, self.expected) == (other.path, other.fault, other.expected)

    def __hash__(self) -> int:
        return hash((self.path, self.fault, self.expected))
