/** Players of a server started by its task, each with a real client of its own, and their channels
 *  with a built-in referee. */
import assert from "node:assert/strict";
import { CLIENT_KINDS, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";

/** Runs a table of reports with three players; the first one hosts. */
export async function withPlayers(run: (clients: McpClient[]) => Promise<void>): Promise<void> {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  const clients: McpClient[] = [];
  try {
    for (const kind of CLIENT_KINDS) {
      clients.push(await mcpClient(kind, `${server.url}/mcp`, await signIn(server.url)));
    }
    await run(clients);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
}

/** One channel with a referee. The ids of players are p1, p2, … in the order of the clients. */
export class Table {
  readonly #clients: McpClient[];
  readonly channel_id: string;
  /** All that the first player has read. */
  readonly messages: Wire[] = [];
  #cursor = 0;

  private constructor(clients: McpClient[], channel_id: string) {
    this.#clients = clients;
    this.channel_id = channel_id;
  }

  /** `labels`: the invite slots, filled by the clients in this order as far as there are some. */
  static async open(
    clients: McpClient[],
    bot_preset: string,
    labels: string[],
    bot_params: Record<string, unknown> = {},
  ): Promise<Table> {
    const slots = ["bot:referee", ...labels.map((label) => `invite:${label}`)];
    const created = await clients[0]!.call("create_channel", {
      name: bot_preset,
      slots,
      bot_preset,
      bot_params,
    });
    assert.equal(created.bot_errors, undefined);
    const table = new Table(clients, created.channel_id);
    for (const [i, client] of clients.slice(0, labels.length).entries()) {
      await client.call("join_channel", { invite_code: created.invites[i] });
    }
    return table;
  }

  async call(player: number, name: string, input: Record<string, unknown>): Promise<Wire> {
    const { channel_id } = this;
    return await this.#clients[player - 1]!.call(name, { channel_id, ...input });
  }

  /** Reads as the first player until a message fits. Returns the first that does. */
  async until(fits: (message: Wire) => boolean): Promise<Wire> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      const read = await this.call(1, "sync_messages", { cursor: this.#cursor });
      this.#cursor = read.cursor;
      this.messages.push(...read.messages);
    }
  }

  /** What the referee answers to a text or to a move, as the bodies of its posts. */
  async answers(player: number, sent: unknown, to?: string[]): Promise<Wire[]> {
    const { msg_id } = await this.send(player, sent, to);
    await this.until(({ cause }) => cause === msg_id);
    return this.caused(msg_id);
  }

  /** The referee's posts after a message that it does not answer: none, once it has answered a
   *  later one. */
  async ignores(player: number, sent: unknown, later: unknown): Promise<void> {
    const { msg_id } = await this.send(player, sent);
    await this.answers(player, later);
    assert.deepEqual(this.caused(msg_id), []);
  }

  async send(player: number, sent: unknown, to?: string[]): Promise<Wire> {
    return await this.call(player, "post_message", { body: sent, ...to && { to } });
  }

  caused(id: number): Wire[] {
    return this.messages.filter(({ cause }) => cause === id).map(({ body }) => body);
  }
}

export const typed = (type: string) => ({ body }: Wire) => body?.type === type;
