/** The latest hooks of bots, for a day: what `debug_bot` shows after a restart, and of hooks that
 *  another instance ran. */
import * as z from "zod";
import { HookRecord, latestHooks } from "../../domain/bot/hook_record.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import { decode, encode } from "../codec.ts";
import { current, until } from "../expiry.ts";
import { keys } from "../keys.ts";

const Traces = z.object({
  hooks: z.array(HookRecord),
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
});

/** Escapes may make six bytes of a character, and a value of the database has 64 KiB at most. */
const MAX_BYTES = 60 * 1024;
/** Instances rarely write the same one. */
const MOST_TRIES = 5;

interface TraceStoreDeps {
  kv: Deno.Kv;
  now: () => Date;
}

export class TraceStore {
  readonly #deps: TraceStoreDeps;

  constructor(deps: TraceStoreDeps) {
    this.#deps = deps;
  }

  async load(channelId: string, botId: string): Promise<HookRecord[]> {
    const { value } = await this.#deps.kv.get(keys.trace(channelId, botId));
    return this.#hooksIn(value);
  }

  /** Adds to what other instances have stored; not to a channel that was deleted. Returns how many
   *  bytes it wrote. */
  async add(channelId: string, botId: string, hooks: readonly HookRecord[]): Promise<number> {
    const { kv, now } = this.#deps;
    const key = keys.trace(channelId, botId);
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const [stored, deleted] = await kv.getMany([key, keys.deleted(channelId)]);
      if (deleted!.versionstamp !== null) return 0;
      const expiresAt = new Date(now().getTime() + STORE_LIMITS.tracesMs);
      const all = latestHooks([...this.#hooksIn(stored!.value), ...hooks]);
      let bytes = encode({ hooks: all, expiresAt });
      while (bytes.length > MAX_BYTES) {
        all.shift();
        bytes = encode({ hooks: all, expiresAt });
      }
      const { ok } = await kv.atomic().check(stored!, deleted!)
        .set(key, bytes, until(expiresAt, now())).commit();
      if (ok) return bytes.length;
    }
    return 0;
  }

  #hooksIn(value: unknown): HookRecord[] {
    if (value === null) return [];
    return current(decode(Traces, value), this.#deps.now())?.hooks ?? [];
  }
}
