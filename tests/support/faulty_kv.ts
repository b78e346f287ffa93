/** A real database with simulated network failures. */

export interface Faults {
  /** Replaces a commit: may run it, run it and lose its answer, or not run it. */
  commit: (commit: () => Promise<unknown>) => Promise<unknown>;
  /** Called before any other request to the database. Throws to make the request fail. */
  ask?: () => void;
}

const ASKED = ["get", "getMany", "list", "set", "delete"];

export function faultyKv(kv: Deno.Kv, { commit, ask }: Faults): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === "atomic") {
        return () => {
          const atomic = target.atomic();
          const really = atomic.commit.bind(atomic);
          return Object.assign(atomic, { commit: () => commit(really) });
        };
      }
      if (typeof value !== "function") return value;
      if (!ask || !ASKED.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => {
        ask();
        return value.apply(target, args);
      };
    },
  });
}
