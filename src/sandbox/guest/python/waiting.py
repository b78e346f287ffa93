"""Runs coroutines to their end, and finds those that nothing awaited.

Sleeping takes no real time: once no other work is left, the event loop's clock jumps to the next timer.
"""
import gc
import sys
import types
import warnings

BOT_FILE = settings["botFile"]
# The most calls between the bot and an unawaited coroutine of a library.
ORIGIN_DEPTH = 8


class NeverSettled(BaseException):
    """The hook awaits something that nothing can settle any more."""


class Unawaited(Exception):
    """The hook never awaited a coroutine. `line` is that of its creation."""

    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


_loop = None
_tasks = ()
# The errors of coroutines and tasks that nothing awaited, oldest first.
_unawaited = []


def event_loop():
    """Imports asyncio, with an event loop on a simulated clock.

    Not a part of the image: the import is slow, and few bots need it.
    """
    global _loop, _tasks
    if _loop is not None:
        return
    import asyncio

    class Loop(asyncio.BaseEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = self
            self._elapsed = 0.0

        def time(self):
            return self._elapsed

        def select(self, timeout):
            if timeout is None:
                raise NeverSettled
            self._elapsed += timeout
            return ()

        def call_exception_handler(self, context):
            if isinstance(context.get("exception"), Exception):
                _unawaited.append(context["exception"])

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Loop

    cancel_all = asyncio.runners._cancel_all_tasks

    def finish_all(loop):
        """Replaces the cancelling of `asyncio.run`: the remaining tasks run to their end, if they have one."""
        try:
            while sys.exception() is None and (remaining := asyncio.all_tasks(loop)):
                loop.run_until_complete(asyncio.wait(remaining))
        except NeverSettled:
            pass
        cancel_all(loop)

    asyncio.runners._cancel_all_tasks = finish_all
    asyncio.set_event_loop_policy(Policy())
    _tasks = (asyncio.Future, asyncio.Task)
    _loop = asyncio.run


def finish(awaitable, asyncio):
    """Runs a coroutine. If the source does not import asyncio, it can only await other coroutines."""
    async def whole():
        await awaitable

    if asyncio:
        event_loop()
        return _loop(whole())
    try:
        whole().send(None)
    except StopIteration:
        return
    raise NeverSettled


def _warn_unawaited_coroutine(coroutine):
    _unawaited.append(_never_awaited(coroutine))


def _never_awaited(coroutine):
    lines = [line for file, line, _ in coroutine.cr_origin or () if file == BOT_FILE]
    name = coroutine.__name__
    message = f"RuntimeError: the coroutine {name}() was never awaited: write `await` before the call of {name}"
    return Unawaited(message, lines[0] if lines else None)


def _is_new(coroutine):
    return not (coroutine.cr_running or coroutine.cr_suspended or coroutine.cr_frame is None)


def check_unawaited():
    """Raises the first error of a coroutine or task that nothing awaited, if there is one."""
    for found in gc.get_objects():
        if type(found) is types.CoroutineType and _is_new(found):
            _unawaited.append(_never_awaited(found))
        elif type(found) in _tasks and found._log_traceback:
            _unawaited.append(found.exception())
    if _unawaited:
        raise _unawaited[0]


warnings._warn_unawaited_coroutine = _warn_unawaited_coroutine
sys.set_coroutine_origin_tracking_depth(ORIGIN_DEPTH)
