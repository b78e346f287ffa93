/** A player that uses the REST API with its own sign-in, as a third party's script would. Each of
 *  its calls that the server refuses is held against the codes that the operation declares. */
import assert from "node:assert/strict";
import { REFUSAL_CODES } from "../../src/kernel/refusal.ts";
import { operationNamed } from "../../src/operations/all.ts";
import { refusalsOf } from "../../src/operations/refusals.ts";

// deno-lint-ignore no-explicit-any -- a test reads whatever the wire carries
export type Wire = any;

/** Registers a client and gets a token for it, as the original server's scripts do. */
export async function signIn(url: string, scope = "mcp"): Promise<string> {
  const registered = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "test", redirect_uris: ["http://localhost/callback"] }),
  });
  assert.equal(registered.status, 201);
  const { client_id, client_secret } = await registered.json();
  const granted = await fetch(`${url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope }),
  });
  assert.equal(granted.status, 200);
  return (await granted.json()).access_token;
}

/** Thrown for a problem document. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string) {
    super(`${status} ${code}: ${detail}`);
  }
}

function assertDeclared(name: string, code: string): void {
  const operation = operationNamed.get(name);
  const ofOthers: readonly string[] = operation
    ? REFUSAL_CODES.filter((each) => !refusalsOf(operation).includes(each))
    : [];
  assert.ok(!ofOthers.includes(code), `${name} does not declare ${code}`);
}

export class Player {
  #url: string;
  readonly token: string;
  channel_id = "";
  player_id = "";
  rejoin_token = "";
  cursor = 0;

  constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  static async at(url: string): Promise<Player> {
    return new Player(url, await signIn(url));
  }

  /** Continues at a server's new address. */
  moveTo(url: string): void {
    this.#url = url;
  }

  /** Calls an operation with POST. Throws `Problem` if the server refuses it. */
  async call(name: string, input: Record<string, unknown> = {}): Promise<Wire> {
    const response = await fetch(`${this.#url}/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    assertDeclared(name, answer.code);
    throw new Problem(response.status, answer.code, answer.detail);
  }

  async join(invite: string): Promise<Wire> {
    const joined = await this.call("join_channel", { invite_code: invite });
    this.channel_id = joined.channel_id;
    this.player_id = joined.player_id;
    this.rejoin_token = joined.rejoin_token;
    return joined;
  }

  async say(body: unknown, asked: { receipt?: boolean } = {}): Promise<Wire> {
    return await this.call("post_message", { channel_id: this.channel_id, body, ...asked });
  }

  async guess(value: unknown): Promise<Wire> {
    const { channel_id } = this;
    return await this.call("make_game_move", { channel_id, game: "guess", action: "guess", value });
  }

  /** Reads messages after this player's cursor until one matches. Returns all that it read. Several
   *  waits may pass in between: a hook on a busy machine takes longer than one. */
  async readUntil(fits: (message: Wire) => boolean): Promise<Wire[]> {
    const read: Wire[] = [];
    for (let call = 0, inVain = 0; call < 1_000; call++) {
      const { messages, cursor } = await this.call("sync_messages", {
        channel_id: this.channel_id,
        cursor: this.cursor,
        timeout_ms: 20_000,
      });
      this.cursor = cursor;
      read.push(...messages);
      if (messages.some(fits)) return read;
      inVain = messages.length > 0 ? 0 : inVain + 1;
      assert.ok(inVain < 5, `nothing came; read so far: ${JSON.stringify(read)}`);
    }
    throw new Error("read 1,000 times without finding the message");
  }
}

/** Whether a message's body has a type. */
export function ofType(type: string, more: Record<string, unknown> = {}) {
  return ({ body }: Wire) =>
    body?.type === type && Object.entries(more).every(([name, value]) => body[name] === value);
}

/** Asserts that a call is refused with a code. */
export async function refuses(call: Promise<unknown>, code: string): Promise<Problem> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code, error.detail);
    return error;
  }
  throw new Error(`expected ${code}, but the call was answered`);
}

/** A channel with players, who use the host's invites in order. */
export async function roomOf(
  url: string,
  create: Record<string, unknown>,
  count: number,
): Promise<{ host: Player; players: Player[]; created: Wire }> {
  const host = await Player.at(url);
  const created = await host.call("create_channel", { name: "room", ...create });
  host.channel_id = created.channel_id;
  const players: Player[] = [];
  for (const invite of created.invites.slice(0, count)) {
    const player = await Player.at(url);
    await player.join(invite);
    players.push(player);
  }
  return { host, players, created };
}

export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
