/** Two honest players beside the floods. They record every acknowledged post, and check at the end
 *  that none is missing. */
import assert from "node:assert/strict";
import { Player, roomOf, type Wire } from "../support/player.ts";

/** A bot that confirms every member's message, and counts them in its state. */
const COUNTING_BOT = `export default class CountingBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    this.ctx.post("bot", { saw: msg.id, count });
  }
}`;

export class Neighbours {
  readonly #players: Player[];
  /** The posted texts, by the id that the server acknowledged. */
  readonly acknowledged = new Map<number, string>();
  #turn = 0;

  private constructor(players: Player[]) {
    this.#players = players;
  }

  static async at(url: string): Promise<Neighbours> {
    const create = { slots: ["bot:counter", "invite:a", "invite:b"], bot_code: COUNTING_BOT };
    const { players } = await roomOf(url, create, 2);
    return new Neighbours(players);
  }

  moveTo(url: string): void {
    for (const player of this.#players) player.moveTo(url);
  }

  /** Posts once. Returns the milliseconds until the acknowledgement; null if there was none. */
  async post(): Promise<number | null> {
    const player = this.#players[this.#turn++ % 2]!;
    const text = crypto.randomUUID();
    const begun = performance.now();
    try {
      const { msg_id } = await player.say(text);
      this.acknowledged.set(msg_id, text);
      return performance.now() - begun;
    } catch {
      return null;
    }
  }

  /** Waits for the bot's answer to the last post. Then asserts that ids have no gaps, that no
   *  acknowledged post is missing, and that the bot saw every message once, in order. */
  async check(): Promise<void> {
    const last = Math.max(...this.acknowledged.keys());
    const read = await this.#players[0]!.readUntil(({ body }: Wire) => body?.saw >= last);
    assert.deepEqual(read.map(({ id }) => id), read.map((_, i) => i + 1), "ids have a gap");
    const said = new Map(read.map(({ id, body }) => [id, body?.text]));
    for (const [id, text] of this.acknowledged) assert.equal(said.get(id), text, `entry ${id}`);
    const users = read.filter(({ kind, id }) => kind === "user" && id <= last);
    const saw = read.filter(({ body }) => body?.saw <= last).map(({ body }) => body);
    assert.deepEqual(saw.map((body) => body.saw), users.map(({ id }) => id), "each seen once");
    assert.deepEqual(saw.map((body) => body.count), users.map((_, i) => i + 1), "state went along");
  }
}
