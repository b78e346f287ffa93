/** A real database behind the failures that a network adds to any store. */

export interface Faults {
  /** Stands for a commit: may run it, run it and lose its answer, or not run it. */
  commit: (commit: () => Promise<unknown>) => Promise<unknown>;
}

export function faultyKv(kv: Deno.Kv, { commit }: Faults): Deno.Kv {
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
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
