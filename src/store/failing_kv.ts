/** Turns every failure of the database into UNAVAILABLE: a full disk, a locked file or an
 *  unreachable server is no fault of the request, nor a bug. */
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { isRefusedRequest } from "./connected_kv.ts";

const REQUESTS = ["get", "getMany", "set", "delete"];

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
  return new Proxy(kv, {
    get(target, name) {
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
