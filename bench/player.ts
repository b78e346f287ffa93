/** A client with its own credentials and its own connection. */
import { callBytes, type Door, outputOf } from "./doors.ts";
import { Connection, requestBytes } from "./http.ts";

export interface Posted {
  msg_id: number;
}

export interface Synced {
  messages: { id: number; sender: string; body: Record<string, unknown> | null }[];
  cursor: number;
}

export class Player {
  readonly url: URL;
  readonly token: string;
  readonly connection: Connection;

  constructor(url: URL, token: string, connection: Connection) {
    this.url = url;
    this.token = token;
    this.connection = connection;
  }

  /** Signs in a new principal. */
  static async at(url: URL): Promise<Player> {
    const connection = await Connection.open(url);
    return new Player(url, await signIn(url, connection), connection);
  }

  /** The same principal on another connection. */
  async again(): Promise<Player> {
    return new Player(this.url, this.token, await Connection.open(this.url));
  }

  /** The bytes of a call, for repeated sending. */
  bytes(name: string, args: Record<string, unknown>, door: Door = "2026"): Uint8Array {
    return callBytes(door, this.url, this.token, name, args);
  }

  async call<T>(name: string, args: Record<string, unknown>, door: Door = "2026"): Promise<T> {
    return outputOf(door, await this.connection.send(this.bytes(name, args, door)));
  }

  async post(channel_id: string, body: unknown, door?: Door): Promise<Posted> {
    return await this.call<Posted>("post_message", { channel_id, body }, door);
  }

  async sync(channel_id: string, cursor: number, timeout_ms: number): Promise<Synced> {
    return await this.call<Synced>("sync_messages", { channel_id, cursor, timeout_ms });
  }

  close(): void {
    this.connection.close();
  }
}

/** Registers a client and gets a token with client credentials, as the original's scripts do. */
export async function signIn(url: URL, connection: Connection): Promise<string> {
  const registered = await connection.send(requestBytes(url, "POST", "/register", {
    "content-type": "application/json",
  }, JSON.stringify({ client_name: "bench", redirect_uris: ["http://localhost/callback"] })));
  if (registered.status !== 201) throw new Error(`Cannot register: ${registered.body}`);
  const { client_id, client_secret } = JSON.parse(registered.body);
  const granted = await connection.send(requestBytes(url, "POST", "/token", {
    authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    "content-type": "application/x-www-form-urlencoded",
  }, "grant_type=client_credentials&scope=mcp"));
  if (granted.status !== 200) throw new Error(`Cannot get a token: ${granted.body}`);
  return JSON.parse(granted.body).access_token;
}

/** Signs in `count` new players. */
export async function players(url: URL, count: number): Promise<Player[]> {
  return await Promise.all(Array.from({ length: count }, () => Player.at(url)));
}

/** Creates a channel and seats the players in it, in order. Returns its id. */
export async function channelOf(
  seated: readonly Player[],
  create: Record<string, unknown> = {},
): Promise<string> {
  const bots = create.bot_preset === undefined ? [] : ["bot:referee"];
  const slots = [...bots, ...seated.map((_, i) => `invite:p${i}`)];
  const created = await seated[0]!.call<
    { channel_id: string; invites: string[]; bot_errors?: string[] }
  >("create_channel", { name: "bench", slots, ...create });
  if (created.bot_errors) throw new Error(`Cannot attach a bot: ${created.bot_errors}`);
  for (const [i, player] of seated.entries()) {
    await player.call("join_channel", { invite_code: created.invites[i] });
  }
  return created.channel_id;
}
