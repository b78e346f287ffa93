/** Several instances of the program on one database. They run in one process, because only there
 *  can a SQLite file have two owners. They share only the database, like machines behind a load
 *  balancer. */
import { type App, type AppParts, createApp } from "../../src/compose/app.ts";
import { closedSandbox } from "../../src/sandbox/closed_sandbox.ts";

export interface Instances extends AsyncDisposable {
  kv: Deno.Kv;
  apps: App[];
  urls: string[];
}

export async function instances(count: number, parts: Partial<AppParts> = {}): Promise<Instances> {
  const kv = await Deno.openKv(":memory:");
  const apps = await Promise.all(Array.from({ length: count }, () =>
    createApp({
      kv,
      shared: true,
      sandbox: closedSandbox("no bots here", true),
      builtins: new Map(),
      publicUrl: "http://127.0.0.1",
      guests: true,
      version: "test",
      guide: "# Writing a bot",
      log: () => {},
      now: () => new Date(),
      nowMs: () => performance.now(),
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      ...parts,
    })));
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const listeners = apps.map((app) => Deno.serve(options, app.fetch));
  return {
    kv,
    apps,
    urls: listeners.map(({ addr }) => `http://127.0.0.1:${addr.port}`),
    async [Symbol.asyncDispose]() {
      for (const app of apps) app.release();
      await Promise.all(listeners.map((listener) => listener.shutdown()));
      await Promise.all(apps.map((app) => app.close()));
      kv.close();
    },
  };
}
