/** The machine in which bots run one after the other, each as if it were the first. Before every
 *  run, the whole memory is restored byte for byte to an image that was taken before any bot ran. A
 *  run can change only the memory and the stack pointer (the other globals are linker constants).
 *  Even so, a machine is discarded after a run that did not end by itself or whose memory grew.
 *  Restoring 3 MB takes a tenth of the time of building a machine, and leaves no garbage. */
import type {
  HookJob,
  HookName,
  HookOutcome,
  HookTrace,
  Inspection,
} from "../../../domain/bot/bot.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { JSException, type JSValueHandle, type QuickJS, type Snapshot } from "quickjs-wasi";
import { compileScripts, createMachine, ENGINE, fuelOf } from "./engine.ts";
import { explained, located } from "./explained.ts";
import { answerParts, requestOf } from "./fetch_calls.ts";
import abortSource from "./abort.js" with { type: "text" };
import fetchSource from "./fetch.js" with { type: "text" };
import { givenTexts } from "../given.ts";
import { inspectionOf } from "../inspection.ts";
import localesSource from "./locales.js" with { type: "text" };
import { withoutMissingHooks } from "./missing_hooks.ts";
import type { NetReply } from "../../wire/net_call.ts";
import type { NetCalls } from "./net_calls.ts";
import type { PreparedBot } from "./prepared_bot.ts";
import preludeSource from "./prelude.js" with { type: "text" };
import timersSource from "./timers.js" with { type: "text" };
import webGlobalsSource from "./web_globals.js" with { type: "text" };
import { type Ending, HookRun, LONGEST_PRINT, messageOf, Misuse } from "../hook_run.ts";

/** The machine's own scripts. The prelude takes the functions of the last three as arguments, in
 *  this order. */
const [webGlobals, locales, prelude, ...pieces] = await compileScripts({
  web_globals: webGlobalsSource,
  locales: localesSource,
  prelude: preludeSource,
  timers: timersSource,
  abort: abortSource,
  fetch: fetchSource,
});

/** The fuel that a guest pays for the host's work: for a call, for each character of a message, and
 *  for each random byte. */
const CALL_FUEL = 10_000;
const CHAR_FUEL = 8;
const RANDOM_BYTE_FUEL = 16;
/** The fuel for reading the clock or the time zone, and for starting to read random bytes. Each
 *  takes a tenth of the time of a call. */
const OUTSIDE_FUEL = 200;
/** If less than this is left of the guest's memory, the memory counts as full. */
const LAST_BYTES = 256 * 1024;
/** Free memory in the image. A machine whose hook needs no more can be restored. */
const ROOM_BYTES = 1024 * 1024;

/** The allocator of QuickJS's machine: takes a size in bytes and returns an address. */
interface Allocator {
  wasm_malloc(bytes: number): number;
  wasm_free(address: number): void;
}

type HostCall = (...args: JSValueHandle[]) => JSValueHandle;

export class Guest {
  #machine!: QuickJS;
  #api!: JSValueHandle;
  #image!: Snapshot;
  #run = new HookRun();
  #net: NetCalls;
  #mustBeDiscarded = false;
  #contextNames = "";
  #javascript = "";
  /** Rejected promises without a handler, by address, with their reasons. The handles keep both
   *  alive, so that the machine cannot reuse an address. */
  #unhandled = new Map<number, { promise: JSValueHandle; reason: JSValueHandle }>();
  /** The result of the last host call. */
  #returned: JSValueHandle | undefined;

  private constructor(net: NetCalls) {
    this.#net = net;
  }

  static async create(net: NetCalls): Promise<Guest> {
    const guest = new Guest(net);
    const machine = guest.#machine = await createMachine({
      nowMs() {
        guest.#spend(OUTSIDE_FUEL);
        return guest.#run.readClock();
      },
      zoneOffset() {
        guest.#spend(OUTSIDE_FUEL);
        return 0;
      },
      fillRandom: (target) => guest.#fillRandom(target),
      rejected: (promise, reason, isHandled) => guest.#rejected(promise, reason, isHandled),
    });
    const host = machine.newObject();
    for (const [name, call] of Object.entries(guest.#hostCalls())) {
      host.setProp(name, machine.newFunction(name, (...args) => guest.#hostCall(call, args)));
    }
    host.setProp("workspaceBytes", machine.newNumber(BOT_LIMITS.workspaceBytes));
    host.setProp("workspaceFiles", machine.newNumber(BOT_LIMITS.workspaceFiles));
    host.setProp("longestPrint", machine.newNumber(LONGEST_PRINT));
    machine.evalBytecode(webGlobals!);
    machine.evalBytecode(locales!);
    const init = machine.evalBytecode(prelude!);
    const functions = pieces.map((piece) => machine.evalBytecode(piece));
    guest.#api = machine.callFunction(init, machine.undefined, host, ...functions);
    guest.#contextNames = guest.#api.getProp("contextNames").toString();
    const { wasm_malloc, wasm_free } = machine._getExports() as unknown as Allocator;
    wasm_free(wasm_malloc(ROOM_BYTES));
    guest.#image = machine.snapshot();
    return guest;
  }

  async hook(
    bot: PreparedBot,
    job: HookJob,
  ): Promise<{ outcome: HookOutcome; trace: HookTrace }> {
    const run = new HookRun(job);
    const { args, params, state, players, env } = givenTexts(job);
    const texts = [bot.bare ? "bare" : "", job.hook, args, params, state, players, env];
    const outcome = run.outcome(await this.#play(run, bot, "run", texts));
    const left = Math.max(0, fuelOf(this.#machine).value);
    return { outcome, trace: { log: run.log, fuel: BOT_LIMITS.guestFuel - left } };
  }

  /** Loads the class without making an instance of it. */
  async inspect(bot: PreparedBot, source: string, hooks: HookName[]): Promise<Inspection> {
    const run = new HookRun({ source });
    const ending = await this.#play(run, bot, "inspect", [JSON.stringify(hooks)]);
    const { language, name: class_name, imports } = bot;
    const facts = { language, class_name, imports: imports.map(({ announced }) => announced) };
    const found = inspectionOf(ending, { ...facts, ...ENGINE }, source, hooks, bot.named);
    return withoutMissingHooks(found, bot.members, source, hooks);
  }

  /** Restores the machine; false if it must be discarded. */
  renew(): boolean {
    const { memory, __stack_pointer } = this.#machine._getExports();
    const hasGrown = memory.buffer.byteLength !== this.#image.memory.length;
    if (this.#mustBeDiscarded || hasGrown) return false;
    new Uint8Array(memory.buffer).set(this.#image.memory);
    __stack_pointer.value = this.#image.stackPointer;
    this.#returned = undefined;
    this.#unhandled.clear();
    return true;
  }

  async #play(
    run: HookRun,
    bot: PreparedBot,
    entry: "run" | "inspect",
    texts: string[],
  ): Promise<Ending> {
    const machine = this.#machine;
    const fuel = fuelOf(machine);
    fuel.value = entry === "run" ? BOT_LIMITS.guestFuel : BOT_LIMITS.loadingFuel;
    this.#run = run;
    this.#javascript = bot.javascript;
    this.#net.begin();
    let crash: unknown;
    let full = false;
    try {
      for (const { bytecode } of bot.imports) machine.evalBytecode(bytecode);
      const loading = machine.evalBytecode(bot.bytecode);
      const args = [bot.key, ...texts].map((text) => machine.newString(text));
      machine.callFunction(this.#api.getProp(entry), machine.undefined, loading, ...args);
      this.#runJobs();
      while (!run.over && this.#net.pending) {
        this.#answer(await this.#net.next());
        this.#runJobs();
      }
      if (!run.over) this.#finish(run);
      // Checked only where the prelude reported no end: it walks the whole heap.
      full = run.over
        ? run.threwNull && this.#hasGrownTo(BOT_LIMITS.guestMemoryBytes / 2)
        : machine.getMemoryUsage().mallocSize > BOT_LIMITS.guestMemoryBytes - LAST_BYTES;
    } catch (error) {
      crash = error instanceof JSException ? new Misuse(messageOf(error)) : error;
      full = /out of memory|wasm_malloc/.test(messageOf(error)) ||
        this.#hasGrownTo(BOT_LIMITS.guestMemoryBytes);
    }
    const ending = fuel.value < 0 ? run.outOfBudget() : run.ending(full, crash);
    this.#mustBeDiscarded = ending.kind !== "done" && ending.kind !== "threw" ||
      crash !== undefined;
    return ending;
  }

  /** Ends the hook once no work is left: an unhandled rejection fails it. */
  #finish(run: HookRun): void {
    for (const { reason } of this.#unhandled.values()) {
      this.#machine.callFunction(this.#api.getProp("fail"), this.#machine.undefined, reason);
      return;
    }
    run.finish();
  }

  #rejected(promise: JSValueHandle, reason: JSValueHandle, isHandled: boolean): void {
    this.#spend(CALL_FUEL);
    const address = this.#machine._getExports().qjs_get_value_ptr(promise.ptr);
    if (!isHandled) {
      this.#unhandled.set(address, { promise: promise.dup(), reason: reason.dup() });
      return;
    }
    const handled = this.#unhandled.get(address);
    if (!this.#unhandled.delete(address)) return;
    handled!.promise.dispose();
    handled!.reason.dispose();
  }

  /** Memory never shrinks until the machine is discarded. */
  #hasGrownTo(bytes: number): boolean {
    return this.#machine._getExports().memory.buffer.byteLength > bytes;
  }

  #fillRandom(target: Uint8Array): void {
    this.#spend(OUTSIDE_FUEL + target.length * RANDOM_BYTE_FUEL);
    this.#run.fillRandom(target);
  }

  /** Runs a host call. If it threw an error, the library would show the guest a stack trace of the
   *  host with file paths; so this throws only a string. */
  #hostCall(call: HostCall, args: JSValueHandle[]): JSValueHandle {
    try {
      this.#spend(CALL_FUEL);
      // The library copies the result, so this handle can be disposed of at the next call.
      this.#returned?.dispose();
      return this.#returned = this.#called(call, args);
    } catch {
      throw UNREADABLE;
    }
  }

  #called(call: HostCall, args: JSValueHandle[]): JSValueHandle {
    try {
      return call(...args);
    } catch {
      return this.#machine.newString(UNREADABLE);
    }
  }

  #spend(fuel: number): void {
    if (this.#api) fuelOf(this.#machine).value -= fuel;
  }

  /** Runs jobs, then timers unless a network answer is pending, until the run is over or no work is
   *  left. Steps singly, because the library's own loop would never return from an endless chain of
   *  jobs. */
  #runJobs(): void {
    const engine = this.#machine._getExports();
    const tick = this.#api.getProp("tick");
    while (!this.#run.over) {
      if (engine.qjs_is_job_pending()) engine.qjs_execute_pending_job();
      else if (this.#net.pending) return;
      else if (!this.#tick(tick)) return;
    }
  }

  /** Runs the next timer; false if there is none. */
  #tick(tick: JSValueHandle): boolean {
    const ran = this.#machine.callFunction(tick, this.#machine.undefined);
    const more = ran.toBoolean();
    ran.dispose();
    return more;
  }

  #answer({ call, answer }: NetReply): void {
    const machine = this.#machine;
    const failed = answer.kind === "failed";
    const { bytes, text } = answerParts(answer);
    machine.callFunction(
      this.#api.getProp("answered"),
      machine.undefined,
      machine.newNumber(call),
      // Not machine.true: the library caches that handle, and the memory has been restored since.
      machine.newNumber(failed ? 1 : 0),
      machine.newString(text),
      machine.newArrayBuffer(bytes),
    );
  }

  /** All host calls that the prelude can make. */
  #hostCalls(): Record<string, HostCall> {
    const machine = this.#machine;
    // A copy, because machine.undefined belongs to the library and must not be disposed of.
    const nothing = () => machine.undefined.dup();
    const handleOf = (refusal: string | undefined) =>
      refusal === undefined ? nothing() : machine.newString(refusal);
    const text = (handle: JSValueHandle | undefined) => {
      const value = textOf(handle);
      this.#spend(value.length * CHAR_FUEL);
      return value;
    };
    return {
      post: (kind, body, to) => handleOf(this.#run.post(text(kind), text(body), text(to))),
      setState: (state) => handleOf(this.#run.setState(text(state))),
      setTimer: (name, ms) => {
        const wait = ms?.isNumber ? ms.toNumber() : NaN;
        return handleOf(this.#run.setTimer(text(name), wait === -1 ? null : wait));
      },
      end: (result) => handleOf(this.#run.endWith(text(result))),
      print: (line) => machine.newNumber(this.#run.print(text(line)) ? 1 : 0),
      random: () => machine.newArrayBuffer(this.#run.numberBytes().buffer),
      ask: (kind, request, body) =>
        machine.newNumber(this.#net.ask(requestOf(text(kind), text(request), text(body)))),
      settle: (kind, first, second) => {
        const [message, trace] = [text(first), text(second)];
        const shown = explained(message, trace, this.#javascript, this.#contextNames);
        this.#run.settle(text(kind), shown, located(message, trace, this.#javascript));
        return nothing();
      },
    };
  }
}

const UNREADABLE = "this can't be read";

/** The text of a string handle; "" for any other value, because converting one could run bot
 *  code. */
function textOf(handle: JSValueHandle | undefined): string {
  return handle?.isString ? handle.toString() : "";
}
