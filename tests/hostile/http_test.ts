/** The HTTP surface: paths, methods, cross-origin reads, header injection. */
import type { Answer } from "./answer.ts";
import { locationOf } from "./answer.ts";
import { type Attacker, bearer, LOOPBACK, STRANGER } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const NOWHERE = ["404 NOT_FOUND", "400", "400 INVALID_REQUEST"];
const UNKNOWN = ["401 unauthorized"];

/** Paths that a proxy or router might mistake for a protected path or for an open one. */
const PATHS = [
  "//mcp",
  "/mcp/",
  "/MCP",
  "/mcp;x=1",
  "/%6dcp",
  "/mcp%00",
  "/mcp%2f",
  "/%2fmcp",
  "/mcp/..",
  "/mcp/../healthz/../health_check",
  "/healthz/../health_check",
  "/healthz/%2e%2e/health_check",
  "/healthz%2f..%2fhealth_check",
  "/health_check/",
  "/Health_Check",
  "/health_check.json",
  "/\\health_check",
  "/.well-known/../health_check",
  "/.well-known/oauth-protected-resource/../../health_check",
  "http://127.0.0.1/health_check",
  "http://evil.example/health_check",
];

/** Every spelling of a path needs the token: a request without one gets only the challenge. */
const AROUND: AttackTable = Object.fromEntries(PATHS.map((path) => [
  `the guard is passed by the path ${path}`,
  [[...NOWHERE, ...UNKNOWN, "404", "421 HOST_NOT_SERVED"], async ({ kit }) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    return await kit.raw(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n` +
        "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  }],
]));

const DISALLOWED = ["404 NOT_FOUND", "405 METHOD_NOT_ALLOWED", "405 -32000", "400", "501", "405"];

/** A raw request line of the attacker, with a valid token. */
async function line(kit: Attacker, start: string) {
  const { access_token } = await kit.signIn();
  const token = `Authorization: Bearer ${access_token}\r\n`;
  return await kit.raw(
    `${start} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${token}\r\n`,
  );
}

const METHODS: AttackTable = {
  "TRACE, which shows a script its own headers": [
    DISALLOWED,
    async ({ kit }) => await line(kit, "TRACE /mcp"),
  ],
  "CONNECT, as if it were a proxy": [
    [...DISALLOWED, "421 HOST_NOT_SERVED"],
    async ({ kit }) => await line(kit, "CONNECT 127.0.0.1:22"),
  ],
  "an unknown method": [
    DISALLOWED,
    async ({ kit }) => await line(kit, "STEAL /health_check"),
  ],
  "a write by GET": [DISALLOWED, async ({ kit, victim }) => {
    const query = `channel_id=${victim.channelId}&body=forged`;
    return await kit.get(`/post_message?${query}`, bearer(victim.self.access_token));
  }],
  "a write by GET that asks to be a POST": [DISALLOWED, async ({ kit, victim }) => {
    const query = `channel_id=${victim.channelId}&body=forged&_method=POST`;
    return await kit.get(`/post_message?${query}`, {
      ...bearer(victim.self.access_token),
      "x-http-method-override": "POST",
      "x-http-method": "POST",
      "x-method-override": "POST",
    });
  }],
  "a token by GET": [DISALLOWED, async ({ kit }) => {
    const { client, code, verifier } = await kit.buy();
    const query = { grant_type: "authorization_code", code, code_verifier: verifier, ...client };
    return await kit.get(`/token?${new URLSearchParams({ ...query } as Record<string, string>)}`);
  }],
};

/** Whether a page of another origin may read an answer, or send its visitor's cookies for it. */
function shared({ headers }: Answer): string {
  const origin = headers.get("access-control-allow-origin");
  if (headers.get("access-control-allow-credentials") === "true") return "with cookies";
  return origin === null || origin === "*" ? "without cookies" : `to ${origin}`;
}

const CORS: AttackTable = {
  "a page elsewhere reads with its visitor's cookies": ["without cookies", async ({ kit }) => {
    const answers = ["/mcp", "/token", "/register", "/health_check", "/oauth/authorize", "/"]
      .map((path) =>
        kit.send(path, {
          method: "OPTIONS",
          headers: {
            origin: "https://evil.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization, cookie",
          },
        })
      );
    return (await Promise.all(answers)).map(shared).find((how) => how !== "without cookies") ??
      "without cookies";
  }],
  "a page elsewhere reads the consent page": ["closed", async ({ kit }) => {
    const client = await kit.client({ redirect_uris: [STRANGER] });
    const answer = await kit.authorize(client, { redirect_uri: STRANGER }, {
      origin: "https://evil.example",
    });
    return answer.headers.get("access-control-allow-origin") ?? "closed";
  }],
  "answers to programs set cookies": ["none", async ({ kit }) => {
    const { access_token } = await kit.signIn();
    await kit.knock(access_token);
    await kit.authorize(await kit.client());
    return kit.answers.flatMap(({ headers }) => headers.getSetCookie()).join() || "none";
  }],
};

const BREAK = "\r\nSet-Cookie: planted=1\r\nX-Planted: 1";

function planted(answers: Answer[]): string {
  const found = answers.some(({ headers }) =>
    headers.has("x-planted") || headers.getSetCookie().some((line) => line.includes("planted"))
  );
  return found ? "planted" : "not planted";
}

const INJECTION: AttackTable = {
  "headers are injected through an authorization request": [
    "not planted",
    async ({ kit }) => {
      const client = await kit.client();
      for (const name of ["state", "scope", "resource", "redirect_uri", "client_id", "nonce"]) {
        await kit.authorize(client, { [name]: `${LOOPBACK}${BREAK}` });
      }
      return planted(kit.answers);
    },
  ],
  "headers are injected through a client's registration": ["not planted", async ({ kit }) => {
    const registered = await kit.register({ client_name: `x${BREAK}`, redirect_uris: [STRANGER] });
    if (registered.status === 201) await kit.consent(registered.json);
    await kit.register({ redirect_uris: [`${STRANGER}?${encodeURIComponent(BREAK)}`] });
    return planted(kit.answers);
  }],
  "headers are injected through a path": ["not planted", async ({ kit }) => {
    for (const path of ["/", "/mcp/", "/oauth/authorize", "/.well-known/"]) {
      await kit.get(path + encodeURIComponent(BREAK));
      await kit.get(`${path}?x=${encodeURIComponent(BREAK)}`);
    }
    return planted(kit.answers);
  }],
  "the challenge names a host of the attacker's": ["ours", async ({ kit }) => {
    const answer = await kit.json("/mcp", {}, {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
    });
    const { json } = await kit.get("/.well-known/oauth-protected-resource/mcp", {
      "x-forwarded-host": "evil.example",
    });
    const sent = answer.headers.get("www-authenticate") + JSON.stringify(json);
    return sent.includes("evil.example") ? sent : "ours";
  }],
  "an answer's address is made from a host of the attacker's": ["ours", async ({ kit }) => {
    const headers = { "x-forwarded-host": "evil.example" };
    const answer = await kit.authorize(await kit.client(), {}, headers);
    return locationOf(answer).searchParams.get("iss") === kit.url ? "ours" : "theirs";
  }],
};

attacks("the HTTP surface", { ...AROUND, ...METHODS, ...CORS, ...INJECTION });
