/** A database whose failures read as failures of the database. A full disk, a locked file or a
 *  server that is away is no fault of the request, so every door answers UNAVAILABLE. */
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { isRefusedRequest } from "./connected_kv.ts";

const ASKED = ["get", "getMany", "set", "delete"];

/** The database behind `kv`; its failures throw UNAVAILABLE and are logged. A request that it
 *  refuses before it does any of it is a mistake of the program: that error is thrown as it is. */
export function failingKv(kv: Deno.Kv, log: Log): Deno.Kv {
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refusal || isRefusedRequest(error)) throw error;
      log("warn", "store_failed", { error: String(error) });
      throw new Refusal("UNAVAILABLE", "The store can't do this right now. Try again.", 1_000);
    }
  };
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") {
        return () => {
          const atomic = target.atomic();
          const commit = atomic.commit.bind(atomic);
          return Object.assign(atomic, { commit: () => asked(commit) });
        };
      }
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (!ASKED.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => asked(() => value.apply(target, args));
    },
  });
}
