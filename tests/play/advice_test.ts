/** What `next` advises can be done: after the end of a game, and in a closed channel, which is
 *  perhaps about to be deleted. */
import assert from "node:assert/strict";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Ends at the first word. */
const ONE_WORD = `export default class OneWord {
  static manifest = { net: [], moves: { game: "word", actions: { say: {} } } };
  constructor(ctx) { this.ctx = ctx; }
  on_join(player) { this.ctx.post("bot", { type: "bot:turn", player, legal_moves: [{ action: "say" }] }); }
  on_message({ kind, sender }) { if (kind === "user") this.ctx.end({ winner: sender }); }
}`;
const BOT = { inline_code: ONE_WORD };

interface Room {
  url: string;
  host: Player;
  ann: Player;
  bot_id: string;
  /** The input of the channel's creation, and of the move that ended the game. */
  created: Wire;
  moved: Wire;
  /** Invites that nobody has used. */
  invites: string[];
}

/** A room whose game is over. */
async function played(url: string, more: Wire): Promise<Room> {
  const create = {
    slots: ["bot:referee", "invite:ann", "invite:bob", "invite:cyd"],
    bots: [BOT],
    idempotency_key: "created",
    ...more,
  };
  const { host, players: [ann], created } = await roomOf(url, create, 1);
  const { channel_id } = host;
  const moved = { channel_id, game: "word", action: "say", idempotency_key: "moved" };
  await ann!.call("make_game_move", moved);
  await ann!.readUntil(ofType("bot:end"));
  const [{ bot_id }] = created.bots;
  return {
    url,
    host,
    ann: ann!,
    bot_id,
    created: { name: "room", ...create },
    moved,
    invites: created.invites.slice(1),
  };
}

const close = { ops: [{ type: "close" }] };

/** What has become of the room. */
const STATES: Record<string, { more?: Wire; then?: (room: Room) => Promise<unknown> }> = {
  "a channel whose game is over": {},
  "a sealed channel whose game is over": { more: { sealed: true } },
  "a closed channel": {
    then: ({ host }) => host.call("update_channel", { channel_id: host.channel_id, ...close }),
  },
  "a channel that is about to be deleted": {
    then: ({ host }) =>
      host.call("update_channel", { channel_id: host.channel_id, ops: [{ type: "delete" }] }),
  },
};

const anew = { idempotency_key: "anew" };

/** What may be advised, by the words for it, and how it is done. */
const ADVICE: [words: RegExp, does: (room: Room) => Promise<unknown>][] = [
  [/post_message|[Pp]ost something/, ({ ann }) => ann.say("hello")],
  [/make_game_move/, ({ ann, moved }) => ann.call("make_game_move", { ...moved, ...anew })],
  [
    /"rematch"/,
    ({ ann }) =>
      ann.call("update_channel", { channel_id: ann.channel_id, ops: [{ type: "rematch" }] }),
  ],
  [
    /attach_bot|set_bot/,
    ({ host }) =>
      host.call("update_channel", {
        channel_id: host.channel_id,
        ops: [{ type: "set_bot", slot_id: "s0", bot_def: BOT }],
      }),
  ],
  [
    /join_channel|invite/,
    async ({ url, invites }) => await (await Player.at(url)).join(invites.pop()!),
  ],
  [
    /wait_for_turn|sync_messages with cursor/,
    async ({ ann: { channel_id }, ann }) => {
      const { view } = await ann.call("get_channel_info", { channel_id });
      assert.ok(!view.closed, "nothing will come");
    },
  ],
];

/** All calls that are about the room and may be answered in some of the states. */
const CALLS: [who: "host" | "ann", tool: string, input?: (room: Room) => Wire][] = [
  ["host", "create_channel", ({ created }) => created],
  ["ann", "make_game_move", ({ moved }) => moved],
  ["ann", "make_game_move", ({ moved }) => ({ ...moved, wait_ms: 1 })],
  ["host", "debug_bot", ({ bot_id }) => ({ bot_id })],
  ["host", "get_channel_info"],
  ["ann", "get_channel_info"],
  ["host", "show_board"],
  ["ann", "sync_messages", () => ({ cursor: 0, timeout_ms: 0 })],
  ["ann", "sync_messages", () => ({ timeout_ms: 0 })],
  ["ann", "wait_for_turn", () => ({ timeout_ms: 0 })],
  ["ann", "join_channel", ({ ann }) => ({ invite_code: ann.rejoin_token })],
  ["ann", "get_bot_code", ({ bot_id }) => ({ bot_id })],
  ["ann", "verify_channel"],
  ["ann", "export_channel"],
  ["ann", "get_proof", () => ({ id: 1 })],
  ["ann", "update_channel", () => ({ ops: [{ type: "hide" }] })],
  ["ann", "update_channel", () => ({ ops: [{ type: "unhide" }] })],
];

/** Asserts that what was advised is not refused. */
async function check(room: Room, said: [call: string, next: string][]): Promise<void> {
  for (const [words, does] of ADVICE) {
    const advised = said.filter(([, next]) => words.test(next));
    if (advised.length === 0) continue;
    await does(room).catch((error) => {
      throw new Error(`advised by ${JSON.stringify(advised)}, but ${error}`);
    });
  }
}

Deno.test("next advises nothing that would be refused", async (t) => {
  await using server = await testServer();
  for (const [name, { more = {}, then }] of Object.entries(STATES)) {
    await t.step(name, async () => {
      const room = await played(server.url, more);
      await then?.(room);
      const { channel_id } = room.host;
      const said: [string, string][] = [];
      for (const [who, tool, input] of CALLS) {
        const own = tool === "create_channel" || tool === "join_channel" ? {} : { channel_id };
        const { next } = await room[who].call(tool, { ...own, ...input?.(room) });
        said.push([`${who}: ${tool}`, next]);
      }
      await check(room, said);
      const { next } = await room.ann.call("leave_channel", { channel_id });
      await check(room, [["ann: leave_channel", next]]);
    });
  }
});
