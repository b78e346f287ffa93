/** A sandbox that accepts every source and whose hooks do nothing, for tests of what is around
 *  bots. A source is the JSON of its manifest. */
import type { Sandbox } from "../../src/sandbox/sandbox.ts";

const ENGINE = `quickjs:sha256:${"0".repeat(64)}` as const;

export function acceptingSandbox(): Sandbox {
  return {
    inspect: ({ source }) => {
      const manifest = JSON.parse(source);
      return Promise.resolve({
        kind: "accepted",
        language: "javascript",
        class_name: manifest.summary,
        hooks: [],
        manifest,
        imports: [],
        engine: ENGINE,
      });
    },
    run: () => Promise.resolve({ kind: "done", posts: [], state: null, state_set: false }),
    engine: () => Promise.resolve({ engine: ENGINE, parts: {} }),
    ready: () => Promise.resolve(true),
    figures: () => ({ pools: [], hooks: [], queues: [], requests: {} }),
    close: () => Promise.resolve(),
  };
}
