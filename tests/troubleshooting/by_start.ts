/** Starts that fail: the one line that the server leaves. */
import { readConfig } from "../../src/config/config.ts";
import { startServer } from "../../src/server.ts";
import { TEST_CONFIG } from "../support/server.ts";
import type { Said } from "./page.ts";

const failure = (start: () => unknown): Promise<string> =>
  Promise.try(start).then(() => "it starts", (error: Error) => error.message);

/** The message of a start with these settings. */
const withSettings = (settings: Record<string, string>) =>
  failure(() => readConfig({ get: (name) => settings[name] }));

/** By heading. */
export async function saidAtStart(): Promise<Said> {
  const folder = await Deno.makeTempDir();
  const config = { ...TEST_CONFIG, sandbox: "off", kvUrl: `${folder}/a.sqlite3` } as const;
  const start = (more: Partial<typeof TEST_CONFIG>) =>
    failure(async () => await (await startServer({ ...config, ...more }, () => {})).stop());
  const running = await startServer(config, () => {});
  try {
    const port = Number(new URL(running.url).port);
    return {
      "port … is in use": [await start({ port, kvUrl: ":memory:" })],
      "another server uses the database": [await start({})],
      "can't be opened": [await start({ kvUrl: folder })],
      "can't be used": [await start({ host: "192.0.2.1", kvUrl: ":memory:" })],
      "A setting that is malformed": [
        await withSettings({ PORT: "80a" }),
        await withSettings({ PUBLIC_URL: "https://play.example.org/mcp" }),
        await withSettings({ RATE_LIMITS: "yes" }),
      ],
      "A setting that needs another one": [
        await withSettings({ GUESTS: "false" }),
        await withSettings({ LOGIN_GITHUB_ID: "1" }),
        await withSettings({ KV_URL: "https://kv.example.org" }),
        await withSettings({ ADMIN_SUBJECTS: "github:1" }),
      ],
    };
  } finally {
    await running.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
