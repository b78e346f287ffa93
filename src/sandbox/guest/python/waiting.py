"""Runs what is awaited to its end. Nothing waits: time passes at once when nothing else is left to do."""
import sys


class NeverSettled(BaseException):
    """Nothing is left that could wake the hook."""


_loop = None


def event_loop():
    """Imports asyncio, which takes long and few bots need, with an event loop whose time takes none."""
    global _loop
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

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Loop

    asyncio.set_event_loop_policy(Policy())
    _loop = Loop


def finish(awaitable):
    """The result of a coroutine. Without asyncio, all that it can await is other coroutines."""
    async def whole():
        return await awaitable

    if _loop is not None:
        return _loop().run_until_complete(whole())
    try:
        whole().send(None)
    except StopIteration as end:
        return end.value
    raise NeverSettled
