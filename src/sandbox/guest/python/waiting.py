"""Runs what is awaited to its end, and finds what nobody awaited. Nothing waits: time passes at once when nothing else
is left to do.
"""
import gc
import sys
import types
import warnings

BOT_FILE = settings["botFile"]
# Calls between the bot and a coroutine of a library that it did not await.
ORIGIN_DEPTH = 8


class NeverSettled(BaseException):
    """Nothing is left that could wake the hook."""


class LeftBehind(Exception):
    """A part of the hook that nobody awaited; `line` is where it began."""

    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


_loop = None
_tasks = ()
# What went wrong where nobody looked, in the order of time.
_unseen = []


def event_loop():
    """Imports asyncio, which takes long and few bots need, with an event loop whose time takes none."""
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
                _unseen.append(context["exception"])

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Loop

    cancel_all = asyncio.runners._cancel_all_tasks

    def finish_all(loop):
        """What `asyncio.run` does with the tasks that are left: they run to their end, if they have one."""
        try:
            while sys.exception() is None and (left := asyncio.all_tasks(loop)):
                loop.run_until_complete(asyncio.wait(left))
        except NeverSettled:
            pass
        cancel_all(loop)

    asyncio.runners._cancel_all_tasks = finish_all
    asyncio.set_event_loop_policy(Policy())
    _tasks = (asyncio.Future, asyncio.Task)
    _loop = asyncio.run


def finish(awaitable, asyncio):
    """Runs a coroutine. Where the source does not know asyncio, all that it can await is other coroutines."""
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
    _unseen.append(_never_awaited(coroutine))


def _never_awaited(coroutine):
    lines = [line for file, line, _ in coroutine.cr_origin or () if file == BOT_FILE]
    name = coroutine.__name__
    told = f"RuntimeError: the coroutine {name}() was never awaited: write `await` before the call of {name}"
    return LeftBehind(told, lines[0] if lines else None)


def _is_new(coroutine):
    return not (coroutine.cr_running or coroutine.cr_suspended or coroutine.cr_frame is None)


def look_back():
    """Raises what went wrong in a part of the hook that nobody awaited, if there is one."""
    for found in gc.get_objects():
        if type(found) is types.CoroutineType and _is_new(found):
            _unseen.append(_never_awaited(found))
        elif type(found) in _tasks and found._log_traceback:
            _unseen.append(found.exception())
    if _unseen:
        raise _unseen[0]


warnings._warn_unawaited_coroutine = _warn_unawaited_coroutine
sys.set_coroutine_origin_tracking_depth(ORIGIN_DEPTH)
