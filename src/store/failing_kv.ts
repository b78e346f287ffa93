/** Turns every failure of the database into UNAVAILABLE: a full disk, a locked file or an
 *  unreachable server is no fault of the request, nor a bug. Ids in requests may be of any length:
 *  no entry has a key that is too large, so a read of it finds none. */
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { isRefusedRequest } from "./connected_kv.ts";

const REQUESTS = ["set", "delete"];

/** Wraps `kv`: logs its failures and throws UNAVAILABLE. If the database refuses a request because
 *  of its content, that is a bug of this program, and the error is thrown unchanged. */
export function failingKv(kv: Deno.Kv, log: Log): Deno.Kv {
  const attempt = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refusal || isRefusedRequest(error)) throw error;
      log("warn", "store_failed", { error: String(error) });
      throw new Refusal("UNAVAILABLE", "The database failed. Try again.", 1_000);
    }
  };
  const get: Deno.Kv["get"] = (key, options) =>
    attempt(async () => {
      try {
        return await kv.get(key, options);
      } catch (error) {
        if (isLargeKey(error)) return { key, value: null, versionstamp: null };
        throw error;
      }
    });
  const getMany: Deno.Kv["getMany"] = async (keys, options) => {
    try {
      return await attempt(() => kv.getMany(keys, options));
    } catch (error) {
      if (!isLargeKey(error)) throw error;
      // deno-lint-ignore no-explicit-any -- a tuple of the types that the caller names
      return await Promise.all(keys.map((key) => get(key, options))) as any;
    }
  };
  return new Proxy(kv, {
    get(target, name) {
      if (name === "get") return get;
      if (name === "getMany") return getMany;
      if (name === "atomic") {
        return () => {
          const atomic = target.atomic();
          const commit = atomic.commit.bind(atomic);
          return Object.assign(atomic, { commit: () => attempt(commit) });
        };
      }
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (!REQUESTS.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => attempt(() => value.apply(target, args));
    },
  });
}

function isLargeKey(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith("Key too large");
}
