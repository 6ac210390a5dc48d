"""A template that compiles itself when it is first rendered. `compiled(Environment)` gives an environment whose templates do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, TextIO

from liquid import BoundTemplate, DebugUndefined, RenderContext, Token, Undefined
from liquid.builtin.expressions.logical import _contains, _eq, _le, _lt
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.context import _segments_str, builtin
from liquid.exceptions import (
    BreakLoop,
    ContinueLoop,
    FilterArgumentError,
    LiquidError,
    LiquidInterrupt,
    LiquidSyntaxError,
    LiquidTypeError,
    StopRender,
)
from liquid.output import NullIO
from markupsafe import Markup

from . import runtime
from .code import Code, Mark
from .expressions import Expressions
from .names import ContextNames, Names, NeedsContext
from .nodes import Nodes
from .runtime import MISSING, Here
from .shared import ContextNodes
from .survey import surveyed

_NUMBER = count(1)
_BUILTINS = {one.__name__: one for one in (type, len, iter, enumerate, range, sum, str, int, list, dict, Exception)}
_RULES: dict[str, object] = {
    "__builtins__": _BUILTINS, "MISSING": MISSING, "PLAIN": runtime.PLAIN, "ONCE": runtime.ONCE, "MARKUP": Markup, "NOW": builtin,
    "ESCAPE": runtime.escape, "ESCAPED": runtime.escaped, "SPOKEN": runtime.spoken, "TRUTH": runtime.truth, "TURNS": runtime.turns,
    "SEQUENCE": runtime.sequence, "WHOLE": runtime.whole, "COLUMNS": runtime.columns, "SPAN": runtime.span, "TURN": runtime.turn,
    "GROUP": runtime.group,
    "COUNTED": runtime.counted, "METERED": runtime.metered, "JOINED": runtime.joined, "TOO_MANY_TURNS": runtime.too_many_turns,
    "TOO_DEEP": runtime.too_deep, "TOO_MUCH_KEPT": runtime.too_much_kept, "NO_FILTER": runtime.no_filter, "SIZE": sys.getsizeof,
    "HERE": Here, "NOWHERE": NullIO(), "NOTHING": iter(()),
    "EQUAL": _eq, "LESS": _lt, "UPTO": _le, "FROM": lambda left, right: _le(right, left), "CONTAINS": _contains,
    "FORLOOP": ForLoop, "TABLEROW": TableRow, "BREAK": BreakLoop, "CONTINUE": ContinueLoop,
}  # fmt: skip


@dataclass(frozen=True)
class Work:
    """A template as one function, and what each line of it stands for."""

    run: Callable[..., Any]
    file: str
    marks: Mapping[int, Mark]

    def mark(self, error: BaseException) -> Mark:
        """The part of the template that an error came from."""
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                return self.marks.get(trace.tb_lineno, Mark(None))
            trace = trace.tb_next
        return Mark(None)

    def told(self, error: Exception) -> tuple[Exception, Token | None]:
        """The error as python-liquid would raise it: with its place, and a filter's own faults as the filter's."""
        mark = self.mark(error)
        if mark.filter and type(error) is TypeError:
            told = LiquidTypeError(f"{mark.filter}: {error}", token=mark.at)
            told.__cause__ = error
            return told, mark.node
        if mark.filter and isinstance(error, LiquidTypeError | FilterArgumentError):
            error.token = mark.at
        return error, mark.node


class Compiled(BoundTemplate):
    """A template of python-liquid's that renders by compiled functions.

    `_closed` takes what is given and returns the text; it stands for a template whose scope is known from its text alone. `_open` writes
    to a stream within a context. None: it was not tried yet; False: it cannot be compiled that way.
    """

    _closed: Work | bool | None = None
    _open: Work | bool | None = None

    def compiles(self) -> bool:
        """Whether the whole template is one function; it is made now, unless it was."""
        if self._closed is None:
            self._closed = compiled(self, shared=False) or False
        return self._closed is not False

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The text of the template with these values. Raises LiquidError."""
        self.compiles()
        work = self._closed
        if not isinstance(work, Work):
            return super().render(*args, **kwargs)
        given = dict(*args, **kwargs)
        if self.globals or self.matter:
            given = {**self.globals, **self.matter, **given}
        try:
            return work.run(given)  # type: ignore[no-any-return]
        except Exception as error:
            self._fail(work, error)
            raise

    def render_with_context(
        self, context: RenderContext, buffer: TextIO, *args: Any, partial: bool = False, block_scope: bool = False, **kwargs: Any
    ) -> None:
        """Write the template to a stream, within a context that is there already. Raises LiquidError."""
        if self._open is None:
            self._open = compiled(self, shared=True) or False
        work = self._open
        if not isinstance(work, Work):
            super().render_with_context(context, buffer, *args, partial=partial, block_scope=block_scope, **kwargs)
            return
        with context.extend(namespace=self.make_partial_namespace(partial, dict(*args, **kwargs))):
            try:
                work.run(context, buffer, partial and not block_scope)
            except StopRender:
                return
            except Exception as error:
                if partial and not block_scope and isinstance(error, LiquidInterrupt):
                    raise
                self._fail(work, error)
                raise

    def _fail(self, work: Work, error: Exception) -> None:
        """Raise an error as python-liquid raises it, where that is another than it came as."""
        told, node = work.told(error)
        if isinstance(told, LiquidInterrupt):
            self.env.error(LiquidSyntaxError(f"unexpected '{told}'", token=node))
        elif isinstance(told, LiquidError):
            self.env.error(told, token=node)
        if told is not error:
            raise told

    def forgive(self, work: Work, error: Exception, within: bool) -> None:
        """Say or pass over the fault of one node, as the environment wishes. What is no fault of the template goes on."""
        told, node = work.told(error)
        if isinstance(told, LiquidInterrupt):
            if within:
                raise told
            told = LiquidSyntaxError(f"unexpected '{told}'", token=node)
        if not isinstance(told, LiquidError):
            raise told
        self.env.error(told, token=node)


def compiled(template: Compiled, *, shared: bool) -> Work | None:
    """The function for a template; None where it cannot be: a foreign part, or nested deeper than Python goes."""
    try:
        return _made(template, shared)
    except (NeedsContext, SyntaxError, RecursionError, MemoryError):
        return None


def _made(template: Compiled, shared: bool) -> Work:
    env, code, survey = template.env, Code(), surveyed(template.nodes)
    lenient = env.undefined in (Undefined, DebugUndefined)
    if survey.foreign and not shared:
        raise NeedsContext
    names = (ContextNames if shared else Names)(code, env, survey, lenient)
    expressions = Expressions(code, names, env, shared)
    (ContextNodes if shared else Nodes)(code, names, expressions, env, survey).template(template.nodes)
    head = ["def run(ctx, o0, within):"] if shared else _head(names, env.output_stream_limit)
    if not shared:
        code.node = None
        _end(code, env.output_stream_limit)
    source, marks = code.source([*head, " pass"])
    file = f"<liquid {next(_NUMBER)}>"
    scope = {**_RULES, **code.constants, **_asking(template), "ENV": env}
    exec(compile(source, file, "exec"), scope)  # noqa: S102  # the source holds no text of the template: see Code
    work = Work(scope["run"], file, marks)  # type: ignore[arg-type]
    scope["FORGIVE"] = partial(template.forgive, work)
    return work


def _head(names: Names, limit: int | None) -> list[str]:
    lines = ["def run(data):", " given = data.get", " o0 = []", " within = False", " changed = ''", " here = HERE(ENV, data)"]
    lines.append(" cycles, counters, stops, kept, turns = {}, {}, {}, {}, 0")
    if limit is not None:
        lines.append(" m0 = [0, 0, None]")
    return [*lines, *names.head()]


def _end(code: Code, limit: int | None) -> None:
    if limit is None:
        code.line("return ''.join(o0)")
    else:
        code.line(f"METERED(o0, m0, {int(limit)})")
        code.line("return JOINED(o0)")


def _asking(template: Compiled) -> dict[str, object]:
    """The rules that ask an environment: how things are looked up, and what is undefined."""
    env = template.env
    look: Callable[[Any, Any], Any] = template.context_class(template).get_item

    def item(value: Any, key: str, otherwise: Undefined) -> object:
        if type(value) is Undefined:
            return value
        try:
            return look(value, key)
        except (KeyError, TypeError):
            return otherwise
        except IndexError:
            return env.undefined(otherwise.name, hint="index out of range", token=otherwise.token)

    def path(value: Any, keys: tuple[Any, ...], token: Token) -> object:
        if value is MISSING:
            return env.undefined(keys[0], hint=f"{keys[0]!r} is undefined", token=token)
        for n, key in enumerate(keys[1:], 2):
            try:
                value = look(value, key)
            except (KeyError, TypeError):
                return env.undefined(keys[0], hint=f"{_segments_str(list(keys[:n]))} is undefined", token=token)
            except IndexError:
                return env.undefined(keys[0], hint="index out of range", token=token)
        return value

    return {"ITEM": item, "PATH": path, "ROOT": _root, "NO_PARENT": env.undefined("parentloop", token=None)}


def _root(context: RenderContext, name: str, otherwise: object) -> object:
    try:
        return context.scope[name]
    except (KeyError, TypeError, IndexError):
        return otherwise


__all__ = ["Compiled", "Work", "compiled"]
