/** The table of powers: who may apply each operation, in an open and in a sealed channel, before a
 *  game, during one and after it, and what everybody sees of it. */
import assert from "node:assert/strict";
import { Player, Problem, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

type Outcome = "ok" | "BAD_OP" | "CHANNEL_SEALED";
type Three = [before: Outcome, during: Outcome, after: Outcome];

const PHASES = ["before", "during", "after"] as const;
type Phase = typeof PHASES[number];

interface Row {
  /** The operation in the channel of a run. `nth`: 0 for the host, 1 for the admin. */
  op: (room: Room, nth: 0 | 1) => Record<string, unknown>;
  open: Three;
  sealed: Three;
  /** Also for a seated player in a sealed channel. */
  players?: true;
}

const ALWAYS: Three = ["ok", "ok", "ok"];
const NEVER: Three = ["CHANNEL_SEALED", "CHANNEL_SEALED", "CHANNEL_SEALED"];

const ROWS: Record<string, Row> = {
  "rename": { op: () => ({ type: "rename", name: "hall" }), open: ALWAYS, sealed: ALWAYS },
  "set_admin": {
    op: ({ slotOf }) => ({ type: "set_admin", slot_id: slotOf.kim, admin: false }),
    open: ALWAYS,
    sealed: ALWAYS,
  },
  "mute of one who watches": {
    op: ({ ids }) => ({ type: "mute", player_id: ids.mia }),
    open: ALWAYS,
    // Before a game begins it is not sure who plays.
    sealed: ["CHANNEL_SEALED", "ok", "ok"],
  },
  "mute of a player": {
    op: ({ ids }) => ({ type: "mute", player_id: ids.bob }),
    open: ["ok", "BAD_OP", "ok"],
    sealed: ["CHANNEL_SEALED", "CHANNEL_SEALED", "ok"],
  },
  "unmute": {
    op: ({ ids }) => ({ type: "mute", player_id: ids.bob, muted: false }),
    open: ALWAYS,
    sealed: ALWAYS,
  },
  "unban of nobody": {
    op: ({ ids }) => ({ type: "unban", player_id: ids.bob }),
    open: ["BAD_OP", "BAD_OP", "BAD_OP"],
    sealed: ["BAD_OP", "BAD_OP", "BAD_OP"],
  },
  "new_invite": {
    op: ({ free }) => ({ type: "new_invite", slot_id: free, expires_in_s: 3_600 }),
    open: ALWAYS,
    sealed: ALWAYS,
  },
  "revoke_invite": {
    op: ({ free }) => ({ type: "revoke_invite", slot_id: free }),
    open: ["ok", "ok", "ok"],
    sealed: ["ok", "ok", "ok"],
  },
  "yield_slot of a free seat": {
    op: ({ free }) => ({ type: "yield_slot", slot_id: free }),
    open: ALWAYS,
    sealed: ALWAYS,
  },
  "add_slot": { op: () => ({ type: "add_slot", kind: "bot" }), open: ALWAYS, sealed: NEVER },
  "pause_bot": {
    op: () => ({ type: "pause_bot", slot_id: "s0" }),
    open: ["ok", "ok", "BAD_OP"],
    sealed: NEVER,
  },
  "resume_bot": {
    op: () => ({ type: "resume_bot", slot_id: "s0" }),
    open: ALWAYS,
    sealed: ALWAYS,
    players: true,
  },
  "set_visibility": {
    op: () => ({ type: "set_visibility", visibility: "public", open_seats: true }),
    open: ALWAYS,
    sealed: ["CHANNEL_SEALED", "CHANNEL_SEALED", "ok"],
  },
  "set_spectators": {
    op: () => ({ type: "set_spectators", who: "public", max: 9 }),
    open: ALWAYS,
    sealed: ["CHANNEL_SEALED", "CHANNEL_SEALED", "ok"],
  },
  "kick": {
    op: ({ ids }, nth) => ({ type: "kick", player_id: ids[nth ? "max" : "mia"] }),
    open: ALWAYS,
    sealed: NEVER,
  },
  "ban": {
    op: ({ ids }, nth) => ({ type: "ban", player_id: ids[nth ? "noa" : "kim"], reason: "noise" }),
    open: ALWAYS,
    sealed: NEVER,
  },
  "yield_slot of a player": {
    op: ({ slotOf }, nth) => ({ type: "yield_slot", slot_id: slotOf[nth ? "ann" : "bob"] }),
    open: ALWAYS,
    sealed: NEVER,
  },
  "set_bot": {
    op: () => ({ type: "set_bot", slot_id: "s0", bot_def: { code_ref: "builtin://EchoBot" } }),
    open: ALWAYS,
    sealed: NEVER,
  },
  "remove_bot": {
    op: (_, nth) => ({ type: "remove_bot", slot_id: nth ? "s1" : "s0" }),
    open: ALWAYS,
    sealed: NEVER,
  },
};

/** Everybody in a channel; `kim`, `mia`, `max` and `noa` only watch. `ada` is an admin. */
const NAMES = ["ann", "bob", "ada", "mia", "max", "noa", "kim", "eve"] as const;
type Name = typeof NAMES[number];

interface Room {
  channel_id: string;
  ids: Record<Name, string>;
  slotOf: Record<Name, string>;
  /** A slot with an unused invite. */
  free: string;
}

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

async function readAll(reader: Player, channel_id: string): Promise<Wire[]> {
  const read: Wire[] = [];
  for (let cursor = 0;;) {
    const page = await reader.call("sync_messages", { channel_id, cursor, timeout_ms: 0 });
    if (page.messages.length === 0) return read;
    read.push(...page.messages);
    cursor = page.cursor;
  }
}

async function roomFor(
  { host, people }: { host: Player; people: Record<Name, Player> },
  { sealed, phase, visibility = "public" }: {
    sealed: boolean;
    phase: Phase;
    visibility?: string;
  },
): Promise<Room> {
  const created = await host.call("create_channel", {
    name: "room",
    slots: ["bot:referee", "bot:spare", ...NAMES.map((name) => `invite:${name}`), "invite:free"],
    bots: [
      { code_ref: "builtin://GuessBot", params: { players: phase === "before" ? 9 : 2 } },
      { code_ref: "builtin://EchoBot" },
    ].slice(0, sealed ? 1 : 2),
    sealed,
    visibility,
    spectators: true,
  });
  const { channel_id } = created;
  const ids = {} as Room["ids"];
  const slotOf = {} as Room["slotOf"];
  for (const [i, name] of NAMES.entries()) {
    const { player_id } = await people[name].join(created.invites[i]);
    ids[name] = player_id;
    slotOf[name] = `s${i + 2}`;
  }
  await host.call("update_channel", {
    channel_id,
    ops: [{ type: "set_admin", slot_id: slotOf.ada }],
  });
  await people.eve.call("leave_channel", { channel_id });
  const { ann } = people;
  ann.cursor = 0;
  const until = (type: string) =>
    ann.readUntil(({ body }: Wire) => body?.type === type && body.bot_id !== "bot_EchoBot_1");
  if (phase !== "before") await until("bot:turn");
  if (phase === "after") {
    await ann.call("make_game_move", { channel_id, game: "guess", action: "concede" });
    await until("bot:end");
  }
  return { channel_id, ids, slotOf, free: `s${NAMES.length + 2}` };
}

Deno.test("each power, in each channel, for each caller, at each time", async (t) => {
  await using server = await testServer();
  const at = () => Player.at(server.url);
  const [host, stranger] = [await at(), await at()];
  const people = {} as Record<Name, Player>;
  for (const name of NAMES) people[name] = await at();
  const everybody = { host, people };
  const update = (who: Player, room: Room, op: Record<string, unknown>) =>
    codeOf(who.call("update_channel", { channel_id: room.channel_id, ops: [op] }));

  for (const sealed of [false, true]) {
    const kind = sealed ? "sealed" : "open";
    for (const [nth, phase] of PHASES.entries()) {
      await t.step(`${kind}, ${phase} the game`, async () => {
        const room = await roomFor(everybody, { sealed, phase });
        for (const [what, { op, players }] of Object.entries(ROWS)) {
          const mayPlayers = players && sealed;
          for (const name of ["ann", "mia"] as const) {
            if (mayPlayers) continue;
            const code = await update(people[name], room, op(room, 0));
            assert.equal(code, "NOT_ADMIN", `${what} by ${name}`);
          }
          const member = await update(people.eve, room, op(room, 0));
          assert.equal(member, "NOT_MEMBER", `${what} by an ex-member`);
          const spectator = await update(stranger, room, op(room, 0));
          assert.equal(spectator, "NOT_MEMBER", `${what} by a spectator`);
        }
        const seen: [string, string][] = [];
        for (const [what, row] of Object.entries(ROWS)) {
          for (const [who, player, i] of [["host", host, 0], ["ada", people.ada, 1]] as const) {
            const op = row.op(room, i);
            const right = row[kind][nth];
            const again = i === 1 && right === "ok" && /^(revoke|pause)/.test(String(op.type));
            const code = await update(player, room, op);
            assert.equal(code, again ? "BAD_OP" : right, `${what} by ${who}`);
            if (code === "ok") seen.push([`${op.type}_applied`, i ? room.ids.ada : "host"]);
          }
        }
        const messages = await readAll(stranger, room.channel_id);
        const applied = messages.filter(({ sender, body }: Wire) =>
          sender === "system" && /_applied$/.test(body?.type)
        ).map(({ body }: Wire) => [body.type, body.by]);
        assert.deepEqual(applied.slice(1), seen, "everybody sees who did what");
        const gone = messages.filter(({ body }: Wire) => body?.type === "member_left");
        for (const { body } of gone) {
          assert.equal(body.by === body.player_id, body.reason === "left");
        }
      });
    }
  }
  await t.step("a stranger learns nothing of a private channel", async () => {
    const room = await roomFor(everybody, {
      sealed: false,
      phase: "before",
      visibility: "private",
    });
    for (const { op } of Object.values(ROWS)) {
      assert.equal(await update(stranger, room, op(room, 0)), "CHANNEL_NOT_FOUND");
    }
  });
});
