/** `setTimeout` and `setInterval` within a hook. Timers run in the order of their due time once no
 *  other work is left and no response of the network is pending. They take no real time, and the
 *  clock never advances: a hook happens at one moment of its channel. The script's value is a
 *  function, which prelude.js calls; `fail` reports that the hook threw. */
(function (fail) {
  "use strict";
  const { apply } = Reflect;
  const { Error, Number, RangeError, TypeError } = globalThis;
  /** The most calls of an interval that nothing clears: before the hook has returned, and in all
   *  once it has. */
  const MAX_CALLS = 1_000;
  const MAX_CALLS_AFTER = 16;

  let timers;
  let elapsed = 0;
  let last = 0;
  let hasReturned = false;

  const insert = (timer) => {
    if (timers === undefined || timer.due < timers.due) {
      timer.next = timers;
      timers = timer;
      return timer.id;
    }
    let before = timers;
    while (before.next !== undefined && before.next.due <= timer.due) before = before.next;
    timer.next = before.next;
    before.next = timer;
    return timer.id;
  };

  const add = (name, call, ms, args, every) => {
    if (typeof call !== "function") throw new TypeError(`${name}: the callback must be a function`);
    const wait = Number(ms);
    const ahead = wait > every ? wait : every;
    const stack = every > 0 ? new Error().stack : "";
    const id = ++last;
    const due = elapsed + ahead;
    return insert({ __proto__: null, id, due, call, args, every: every && ahead, calls: 0, stack });
  };

  globalThis.setTimeout = (call, ms, ...args) => add("setTimeout", call, ms, args, 0);
  globalThis.setInterval = (call, ms, ...args) => add("setInterval", call, ms, args, 1);
  let running;
  globalThis.clearTimeout = globalThis.clearInterval = (id) => {
    if (id === undefined) return;
    if (running?.id === id) running.every = 0;
    if (timers?.id === id) timers = timers.next;
    for (let at = timers; at !== undefined; at = at.next) {
      if (at.next?.id === id) at.next = at.next.next;
    }
  };

  const refuseEndless = (timer) => {
    const error = new RangeError(
      "setInterval: nothing clears this interval, and it ends with its hook: " +
        "write ctx.set_timer(name, ms) and on_timer(name)",
    );
    error.stack = timer.stack;
    fail(error);
  };

  return {
    returned() {
      hasReturned = true;
    },
    /** Runs the next timer; false if there is none. The hook fails if the timer throws. */
    tick() {
      if (timers === undefined) return false;
      const timer = running = timers;
      timers = timer.next;
      elapsed = timer.due;
      if (timer.every > 0 && timer.calls++ >= (hasReturned ? MAX_CALLS_AFTER : MAX_CALLS)) {
        refuseEndless(timer);
        return true;
      }
      try {
        apply(timer.call, undefined, timer.args);
      } catch (error) {
        fail(error);
      }
      running = undefined;
      if (timer.every > 0) {
        timer.due += timer.every;
        insert(timer);
      }
      return true;
    },
  };
});
