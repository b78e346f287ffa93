/** DNS rebinding: pages that reach a server on somebody's machine through the attacker's own host
 *  name or origin (MCP 2025-11-25 and 2026-07-28, Streamable HTTP, security warning). */
import assert from "node:assert/strict";
import { verdictOf } from "./answer.ts";
import { type Attacker, bearer } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

/** A raw request line of the attacker, with a valid token and the attacker's `Host`. */
async function line(kit: Attacker, start: string, headers: string, host: string) {
  const { access_token } = await kit.signIn();
  const token = `Authorization: Bearer ${access_token}\r\n`;
  return await kit.raw(
    `${start} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${token}${headers}\r\n`,
  );
}

const REBOUND = ["421 HOST_NOT_SERVED", "403", "400", "400 INVALID_REQUEST"];

/** Hosts that a browser would send after a DNS rebinding, and some that no browser sends. */
const HOSTS = [
  "evil.example",
  "evil.example:8100",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "evil-localhost",
  "127.0.0.1@evil.example",
  "evil.example#127.0.0.1",
  "evil.example/127.0.0.1",
  "127.0.0.1/mcp?",
  "0.0.0.0",
  "169.254.169.254",
  "[::ffff:169.254.169.254]",
];

const HOST_ROWS: AttackTable = Object.fromEntries(HOSTS.map((host) => [
  `DNS rebinding with the host ${host}`,
  [
    REBOUND,
    async ({ kit }) => {
      for (const path of ["/.well-known/oauth-authorization-server", "/oauth/authorize", "/who"]) {
        const verdict = await line(kit, `GET ${path}`, "", host);
        assert.ok(REBOUND.includes(verdict), `${path}: ${verdict}`);
      }
      return await line(kit, "GET /mcp", "Accept: text/event-stream\r\n", host);
    },
  ],
]));

const FOREIGN = ["403 ORIGIN_NOT_ALLOWED", "403 -32000", "403"];

function originRow(origin: string): [string, AttackTable[string]] {
  return [`a page of ${origin} calls`, [FOREIGN, async ({ kit }) => {
    const { access_token } = await kit.signIn();
    const headers = { origin, ...bearer(access_token) };
    for (const path of ["/register", "/token", "/health_check"]) {
      const verdict = verdictOf(await kit.json(path, {}, headers));
      assert.ok(FOREIGN.includes(verdict), `${path}: ${verdict}`);
    }
    const body = { jsonrpc: "2.0", id: 1, method: "ping" };
    const accept = "application/json, text/event-stream";
    return await kit.json("/mcp", body, { ...headers, accept });
  }]];
}

const ORIGINS: AttackTable = Object.fromEntries(
  [
    "https://evil.example",
    "null",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "file://",
    "chrome-extension://abcdefghijklmnop",
  ].map(originRow),
);

attacks("DNS rebinding", { ...HOST_ROWS, ...ORIGINS });
