/** The table of powers: who may apply each operation, in an open and in a sealed channel, before a
 *  game, during one and after it, and what everybody sees of it. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { claimOnceHeard, movableClock } from "../support/claiming.ts";
import { ofType, Player, Problem, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

type Outcome = "ok" | "BAD_OP" | "CHANNEL_SEALED" | "NOT_ADMIN" | "NOT_MEMBER";
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
  "set_spectators who may speak": {
    op: () => ({ type: "set_spectators", who: "public", speak: true }),
    open: ALWAYS,
    sealed: NEVER,
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

/** What players may do, too, by caller: the host has no seat, `ada` is an admin who watches, `ann`
 *  and `bob` play, and `mia` watches. */
interface PlayersRow {
  op: (who: Who) => Record<string, unknown>;
  /** The entry of an operation that is applied. */
  says?: (player_id: string, who: Who) => Record<string, unknown>;
  outcomes: (sealed: boolean) => Record<Who, Three>;
}

/** In this order, so that a rematch begins by the last one's word. */
const WHO = ["host", "ada", "mia", "ann", "bob"] as const;
type Who = typeof WHO[number];

const NOBODY: Three = ["NOT_MEMBER", "NOT_MEMBER", "NOT_MEMBER"];
const IN_VAIN: Three = ["BAD_OP", "BAD_OP", "BAD_OP"];
const AT_THE_END: Three = ["BAD_OP", "BAD_OP", "ok"];
const ADMINS: Three = ["NOT_ADMIN", "NOT_ADMIN", "NOT_ADMIN"];

const PLAYERS: Record<string, PlayersRow> = {
  "rename_me": {
    op: (who) => ({ type: "rename_me", display_name: `Zoe of ${who}` }),
    says: (player_id, who) => ({
      type: "member_renamed",
      player_id,
      display_name: `Zoe of ${who}`,
    }),
    outcomes: () => ({ host: NOBODY, ada: ALWAYS, mia: ALWAYS, ann: ALWAYS, bob: ALWAYS }),
  },
  // Nobody has been silent for a day yet: see the last step.
  "claim": {
    op: () => ({ type: "claim" }),
    outcomes: () => ({ host: NOBODY, ada: IN_VAIN, mia: IN_VAIN, ann: IN_VAIN, bob: IN_VAIN }),
  },
  "rematch": {
    op: () => ({ type: "rematch", bot_id: "bot_GuessBot_0" }),
    says: (player_id) => ({ type: "rematch_asked", player_id, bot_id: "bot_GuessBot_0" }),
    outcomes: () => ({
      host: ["BAD_OP", "BAD_OP", "NOT_MEMBER"],
      ada: IN_VAIN,
      mia: IN_VAIN,
      ann: AT_THE_END,
      bob: AT_THE_END,
    }),
  },
};

/** Ends the channel, so it comes last; but those who can't end it try before. */
const CLOSE: PlayersRow = {
  op: () => ({ type: "close" }),
  says: (player_id) => ({ type: "close_asked", player_id }),
  outcomes: (sealed) => {
    const players = sealed ? ALWAYS : ADMINS;
    const admins: Three = sealed ? ["CHANNEL_SEALED", "CHANNEL_SEALED", "ok"] : ALWAYS;
    return { host: admins, ada: admins, mia: players, ann: players, bob: players };
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

/** Both players have asked for a rematch: it begins, and one of them gives it up. */
async function playsAgain({ ann, bob }: Record<Name, Player>, room: Room): Promise<void> {
  const ofNext = (type: string) => ({ body }: Wire) =>
    body?.type === type && /^bot_GuessBot_[12]$/.test(body.bot_id);
  const read = await ann.readUntil(ofNext("bot:turn"));
  const { rematch_of, seats } = read.find(ofNext("bot:attach")).body;
  assert.deepEqual([rematch_of, seats], ["bot_GuessBot_0", [room.ids.bob, room.ids.ann]]);
  const { channel_id } = room;
  await bob.call("make_game_move", { channel_id, game: "guess", action: "concede" });
  await ann.readUntil(ofNext("bot:end"));
}

Deno.test("each power, in each channel, for each caller, at each time", async (t) => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({}, clocks);
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
        const asked: Record<string, unknown>[] = [];
        const tries = async (what: string, row: PlayersRow, who: Who) => {
          const player = who === "host" ? host : people[who];
          const code = await update(player, room, row.op(who));
          assert.equal(code, row.outcomes(sealed)[who][nth], `${what} by ${who}`);
          const by = who === "host" ? undefined : room.ids[who];
          if (code === "ok" && by !== undefined) asked.push(row.says!(by, who));
        };
        for (const [what, row] of Object.entries({ ...PLAYERS, close: CLOSE })) {
          for (const outsider of [people.eve, stranger]) {
            assert.equal(await update(outsider, room, row.op("host")), "NOT_MEMBER", what);
          }
        }
        for (const [what, row] of Object.entries(PLAYERS)) {
          for (const who of WHO) await tries(what, row, who);
        }
        if (phase === "after") await playsAgain(people, room);
        for (const who of ["mia", "ann", "bob"] as const) await tries("close", CLOSE, who);
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
        const right = CLOSE.outcomes(sealed).host[nth];
        assert.equal(await update(host, room, CLOSE.op("host")), right, "close by the host");
        const late = await update(people.ada, room, CLOSE.op("ada"));
        assert.equal(late, right === "ok" ? "CHANNEL_CLOSED" : right, "close by ada");
        if (right === "ok") seen.push(["close_applied", "host"]);
        else {
          for (const name of ["ada", "max", "noa", "kim"] as const) {
            if (name !== "ada") {
              assert.equal(await update(people[name], room, CLOSE.op("ada")), "ok");
            }
            asked.push(CLOSE.says!(room.ids[name], "ada"));
          }
          seen.push(["close_applied", room.ids.kim]); // all who sit there have asked
        }
        const messages = await readAll(stranger, room.channel_id);
        const types = new Set(["member_renamed", "rematch_asked", "close_asked"]);
        assert.deepEqual(
          messages.map(({ body }: Wire) => body).filter(({ type }: Wire) => types.has(type)),
          asked,
        );
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
    const ops = [
      ...Object.values(ROWS).map(({ op }) => op(room, 0)),
      ...Object.values({ ...PLAYERS, close: CLOSE }).map(({ op }) => op("host")),
    ];
    for (const op of ops) {
      assert.equal(await update(stranger, room, op), "CHANNEL_NOT_FOUND");
    }
  });
  await t.step(
    "a claim by a player who has waited for a day: the referee ends the game",
    async () => {
      const rooms: { room: Room; tokens: Record<"ann" | "bob" | "mia", string> }[] = [];
      for (const sealed of [false, true]) {
        const room = await roomFor(everybody, { sealed, phase: "during" });
        const [ann, bob, mia] = [people.ann, people.bob, people.mia].map((p) => p.rejoin_token);
        rooms.push({ room, tokens: { ann: ann!, bob: bob!, mia: mia! } });
      }
      clock.ms += CHANNEL_LIMITS.claimMs;
      const watcher = await at();
      for (const { room, tokens } of rooms) {
        for (const name of ["mia", "ann", "bob"] as const) {
          const player = await at();
          await player.join(tokens[name]);
          const code = await codeOf(claimOnceHeard(player));
          assert.equal(code, name === "bob" ? "ok" : "BAD_OP", `claim by ${name}`);
          if (name === "bob") await player.readUntil(ofType("bot:end"));
        }
        const messages = await readAll(watcher, room.channel_id);
        const { player_id } = messages.find(ofType("claim_applied")).body.op;
        const { result, winners } = messages.find(ofType("bot:end")).body.result;
        assert.deepEqual([player_id, result, winners], [room.ids.bob, "claimed", [room.ids.bob]]);
      }
    },
  );
});
