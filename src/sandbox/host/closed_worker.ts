/** Starts the Worker in which bots of a language run. */
import { NO_PERMISSIONS } from "../walls/permissions.ts";

const MODULES = {
  javascript: new URL("../guest/javascript/worker.ts", import.meta.url),
  python: new URL("../guest/python/worker.ts", import.meta.url),
};

/** It has no permissions. */
export function closedWorker(language: keyof typeof MODULES): Worker {
  return new Worker(MODULES[language], {
    type: "module",
    deno: { permissions: NO_PERMISSIONS },
  });
}
