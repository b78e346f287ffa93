/** Origins of apps with a web view, in `ALLOWED_ORIGINS` of a server started by its task, and what
 *  CORS answers them. */
import assert from "node:assert/strict";
import { readConfig } from "../../src/config/config.ts";
import type { Report } from "./report.ts";
import { rpc, send, withServer } from "./sent.ts";

interface OriginRow extends Report {
  /** The entry of the operator's list. */
  listed: string;
  allowed: string[];
  refused: string[];
}

const ROWS: OriginRow[] = [
  {
    what: "an app's own origin",
    report: 473,
    listed: "tauri://localhost",
    allowed: ["tauri://localhost"],
    refused: ["tauri://evil"],
  },
  {
    what: "an app's origin with a slash",
    listed: "app://obsidian.md/",
    allowed: ["app://obsidian.md"],
    refused: ["app://obsidian.md.evil", "app://", "https://obsidian.md"],
  },
  {
    what: "a scheme alone, for hosts that change",
    listed: "vscode-webview://",
    allowed: ["vscode-webview://", "vscode-webview://1a2b3c4d5e6f"],
    refused: ["vscode-webview-evil://1", "https://vscode-webview"],
  },
  {
    what: "a scheme with a star",
    listed: "capacitor://*",
    allowed: ["capacitor://localhost", "capacitor://app"],
    refused: ["https://capacitor"],
  },
  {
    what: "an extension",
    listed: "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    allowed: ["chrome-extension://abcdefghijklmnopabcdefghijklmnop"],
    refused: ["chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba"],
  },
  { what: "null", listed: "null", allowed: ["null"], refused: ["https://null", "file://"] },
  {
    what: "a page, with its default port and in upper case",
    listed: "HTTPS://Inspector.Example:443/",
    allowed: ["https://inspector.example"],
    refused: ["http://inspector.example", "https://evil.inspector.example"],
  },
];

const MISTAKES = [
  "https://a.example/path",
  "a.example",
  "https://*.example",
  "app:",
  "app://a b",
  "app://a/b",
  "https://user@a.example",
  "javascript://x",
];

Deno.test("ALLOWED_ORIGINS takes every kind of origin, and CORS answers it", async (t) => {
  const listed = ROWS.map(({ listed }) => listed).join(", ");
  await withServer({ ALLOWED_ORIGINS: `${listed},` }, async (url, token) => {
    const from = async (origin: string) => {
      const preflight = await send(url, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,mcp-protocol-version",
        },
      });
      const headers = {
        origin,
        authorization: `Bearer ${token}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
      };
      const call = await send(url, { headers, body: rpc("tools/list") });
      const shared = (got: typeof call) => got.headers.get("access-control-allow-origin");
      return [shared(preflight), call.status, shared(call)];
    };
    for (const { what, report, allowed, refused } of ROWS) {
      await t.step(report ? `${what} (${report})` : what, async () => {
        for (const origin of allowed) assert.deepEqual(await from(origin), [origin, 200, origin]);
        for (const origin of refused) assert.deepEqual(await from(origin), [null, 403, null]);
      });
    }
  });
});

Deno.test("a mistake in ALLOWED_ORIGINS is named", () => {
  for (const mistake of MISTAKES) {
    const env = { ALLOWED_ORIGINS: `https://a.example,${mistake}` } as Record<string, string>;
    assert.throws(
      () => readConfig({ get: (name) => env[name] }),
      ({ message }: Error) =>
        message.startsWith("Cannot start: ALLOWED_ORIGINS") &&
        message.includes(mistake),
      mistake,
    );
  }
});
