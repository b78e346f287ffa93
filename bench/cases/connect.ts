/** The time from opening a TCP connection to the end of the MCP handshake, for a new client: with
 *  the authorization code flow, as MCP clients do, and with client credentials, as the original's
 *  scripts do. */
import { initializeBytes } from "../doors.ts";
import type { Figure } from "../figure.ts";
import { type Answer, Connection, requestBytes } from "../http.ts";
import { Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 60;

const REDIRECT_URI = "http://localhost:33418/callback";
/** From RFC 7636, appendix B. Fixed values, because computing them is the client's work and not
 *  measured. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

export async function connect({ url }: Server): Promise<Figure[]> {
  const rounds = new Rounds<"browser" | "short">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      const browser = await timed(() => byBrowser(url));
      const short = await timed(() => byClientCredentials(url));
      if (round < 0) continue;
      rounds.add("browser", browser);
      rounds.add("short", short);
    }
  }
  return [
    {
      name: "register + authorize + token + initialize, p50",
      value: rounds.p50("browser"),
      unit: "ms",
      target: { atMost: 20 },
    },
    { name: "the same, p99", value: rounds.p99("browser"), unit: "ms" },
    {
      name: "register + token + initialize, p50",
      value: rounds.p50("short"),
      unit: "ms",
      original: "28 ms",
    },
    { name: "the same, p99", value: rounds.p99("short"), unit: "ms" },
  ];
}

/** The requests of a client and of the browser that it opens. A guest needs no click. */
async function byBrowser(url: URL): Promise<void> {
  const connection = await Connection.open(url);
  const resource = `${url.origin}/mcp`;
  const registered = await connection.send(requestBytes(
    url,
    "POST",
    "/register",
    { "content-type": "application/json" },
    JSON.stringify({
      client_name: "bench",
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "none",
    }),
  ));
  const { client_id } = expected(201, registered);

  const request = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    state: "bench",
    resource,
  });
  const sentBack = await connection.send(
    requestBytes(url, "GET", `/oauth/authorize?${request}`, { accept: "text/html" }),
  );
  const code = sentBack.location && new URL(sentBack.location).searchParams.get("code");
  if (!code) throw new Error(`Cannot authorize: ${sentBack.status} ${sentBack.body}`);

  const granted = await connection.send(requestBytes(
    url,
    "POST",
    "/token",
    { "content-type": "application/x-www-form-urlencoded" },
    `${new URLSearchParams({
      grant_type: "authorization_code",
      client_id,
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      resource,
    })}`,
  ));
  const { access_token } = expected(200, granted);
  await initialize(url, connection, access_token);
}

async function byClientCredentials(url: URL): Promise<void> {
  const player = await Player.at(url);
  await initialize(url, player.connection, player.token);
}

async function initialize(url: URL, connection: Connection, token: string): Promise<void> {
  const { status, body } = await connection.send(initializeBytes(url, token));
  connection.close();
  if (status !== 200) throw new Error(`Cannot initialize: ${status} ${body}`);
}

function expected(status: number, answer: Answer): { client_id: string; access_token: string } {
  if (answer.status === status) return JSON.parse(answer.body);
  throw new Error(`Cannot connect: ${answer.status} ${answer.body}`);
}
