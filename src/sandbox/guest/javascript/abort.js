/** `AbortController` and `AbortSignal`: the parts that requests and timers need. The script's value
 *  is a function, which prelude.js calls with the `setTimeout` of timers.js. Its result is for
 *  fetch.js. */
(function (setTimeout) {
  "use strict";
  const { DOMException, TypeError } = globalThis;
  const { apply } = Reflect;
  const OWN = {};
  let abort;
  let isSignal;

  class AbortSignal {
    #aborted = false;
    #reason;
    /** The listeners, oldest first. */
    #calls = [];
    onabort = null;
    constructor(key) {
      if (key !== OWN) throw new TypeError("AbortSignal: write new AbortController().signal");
    }
    get aborted() {
      return this.#aborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
    addEventListener(type, call) {
      if (type !== "abort") throw new TypeError('AbortSignal: the only event is "abort"');
      if (call !== null && call !== undefined) this.#calls[this.#calls.length] = call;
    }
    removeEventListener(_type, call) {
      for (let i = 0; i < this.#calls.length; i++) {
        if (this.#calls[i] === call) this.#calls[i] = null;
      }
    }
    static {
      isSignal = (value) => typeof value === "object" && value !== null && #aborted in value;
      abort = (signal, reason = new DOMException("The operation was aborted.", "AbortError")) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason;
        const event = { type: "abort", target: signal, currentTarget: signal };
        const calls = signal.#calls;
        signal.#calls = [];
        if (typeof signal.onabort === "function") apply(signal.onabort, signal, [event]);
        for (let i = 0; i < calls.length; i++) {
          const call = calls[i];
          if (typeof call === "function") apply(call, signal, [event]);
          else if (call !== null) call.handleEvent(event);
        }
      };
    }
    static abort(reason) {
      const signal = new AbortSignal(OWN);
      abort(signal, reason);
      return signal;
    }
    static timeout(ms) {
      const signal = new AbortSignal(OWN);
      const reason = new DOMException("The operation timed out.", "TimeoutError");
      setTimeout(() => abort(signal, reason), ms);
      return signal;
    }
    static any(signals) {
      const any = new AbortSignal(OWN);
      for (const signal of signals) {
        if (signal.aborted) abort(any, signal.reason);
        else signal.addEventListener("abort", () => abort(any, signal.reason));
      }
      return any;
    }
  }

  class AbortController {
    #signal = new AbortSignal(OWN);
    get signal() {
      return this.#signal;
    }
    abort(reason) {
      abort(this.#signal, reason);
    }
  }

  globalThis.AbortSignal = AbortSignal;
  globalThis.AbortController = AbortController;
  return { isSignal };
});
