/** The whole app in process, on a store in memory. Nothing changes the store by itself, so every
 *  change is the effect of an input. */
import assert from "node:assert/strict";
import { serialize } from "node:v8";
import { createApp } from "../../src/compose/app.ts";
import type { LoginSettings } from "../../src/accounts/providers/identity_providers.ts";
import { closedSandbox } from "../../src/sandbox/closed_sandbox.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { ECHO_BOT } from "../sandbox/job.ts";
import type { Wire } from "../support/player.ts";

/** The URL by which clients would call the app, if it listened. */
export const ORIGIN = "http://127.0.0.1:8100";
/** Far longer than any answer takes, however busy the machine is. */
const DEADLINE_MS = 60_000;

/** A request as plain data, which a failure can print. */
export interface Input {
  method: string;
  /** The path with its query, from the slash on. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Throws if the answer to an input breaks a rule. Returns the code or status of the refusal. */
export type Judge = (answer: Answer, input: Input) => string;

interface Settings {
  bots: boolean;
  /** Undefined: all people are guests. */
  login?: LoginSettings;
}

export class World implements AsyncDisposable {
  /** The number of answered inputs. */
  answered = 0;
  /** The number of refusals, by code or status. */
  readonly refusals = new Map<string, number>();
  /** Errors in the operator's log. */
  readonly errors: unknown[] = [];
  readonly #open = new AsyncDisposableStack();
  #kv!: Deno.Kv;
  fetch!: (request: Request) => Response | Promise<Response>;

  static async open({ bots, login }: Settings): Promise<World> {
    const world = new World();
    const kv = world.#kv = await Deno.openKv(":memory:");
    world.#open.defer(() => kv.close());
    const sandbox = bots
      ? await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 })
      : closedSandbox("This server runs no bots.", true);
    world.#open.defer(() => sandbox.close());
    const start = new Date();
    const app = await createApp({
      kv,
      shared: false,
      sandbox,
      builtins: new Map([["EchoBot", ECHO_BOT]]),
      publicUrl: ORIGIN,
      guests: true,
      login,
      version: "test",
      guide: "# Bots",
      log: (level, event, fields) => level === "error" && world.errors.push({ event, ...fields }),
      now: () => start,
      nowMs: () => start.getTime(),
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    world.#open.defer(() => app.close());
    world.#open.defer(() => app.release());
    world.fetch = app.fetch;
    return world;
  }

  /** Waits for bots to catch up, then writes every record again without an expiry: otherwise some
   *  would expire while the test runs. */
  async settle(): Promise<void> {
    const pending = () => Array.fromAsync(this.#kv.list({ prefix: ["pending"] }));
    while ((await pending()).length > 0) await new Promise((next) => setTimeout(next));
    for await (const { key, value } of this.#kv.list({ prefix: [] })) {
      await this.#kv.set(key, value);
    }
  }

  /** The number of records in the store whose keys begin with `kind`. */
  async count(kind: string): Promise<number> {
    return (await Array.fromAsync(this.#kv.list({ prefix: [kind] }))).length;
  }

  /** SHA-256 of every key, value and version in the store. */
  async digest(): Promise<string> {
    const entries = await Array.fromAsync(this.#kv.list({ prefix: [] }, { batchSize: 1_000 }));
    // A member who is refused has been here all the same.
    const kept = entries.filter(({ key }) => key[0] !== "seen");
    const bytes = new Uint8Array(serialize(kept));
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  }

  /** Sends an honest client's POST. Returns the JSON of the answer, which must be a success. */
  async honest(path: string, body: BodyInit, headers: Record<string, string>): Promise<Wire> {
    const init = { method: "POST", body, headers };
    const response = await this.fetch(new Request(ORIGIN + path, init));
    assert.ok(response.ok, `${path} ${response.status}`);
    return await response.json();
  }

  async answer({ method, path, headers, body }: Input): Promise<Answer> {
    const answer = await inTime(async () => {
      const response = await this.fetch(
        new Request(ORIGIN + path, { method, headers, body: body ?? null }),
      );
      return { status: response.status, headers: response.headers, text: await response.text() };
    });
    this.answered++;
    return answer;
  }

  /** Sends inputs at once. Throws if `judge` rejects an answer, if the log has an error, or if the
   *  store has changed. */
  async send(inputs: readonly Input[], judge: Judge): Promise<void> {
    const before = await this.digest();
    const answers = await Promise.all(inputs.map((input) => this.answer(input)));
    for (const [i, input] of inputs.entries()) this.#count(judge(answers[i]!, input));
    assert.equal(await this.digest(), before, "the store has changed");
    assert.deepEqual(this.errors.splice(0), [], "errors were logged");
  }

  /** The share of inputs that were refused with one of these codes. */
  share(codes: RegExp): number {
    const counts = [...this.refusals].map(([code, count]) => codes.test(code) ? count : 0);
    return counts.reduce((sum, count) => sum + count, 0) / this.answered;
  }

  #count(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

/** Waits for an answer, and throws if none comes in time. */
export async function inTime<T>(answer: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("No answer came in time")), DEADLINE_MS);
  return await Promise.race([answer(), promise]).finally(() => clearTimeout(timer));
}
