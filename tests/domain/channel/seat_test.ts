/** For whom a call speaks, after every way in which a seat changes hands: the table of
 *  `docs/seats.md`, and a search for a conversation that speaks in another player's name. */
import assert from "node:assert/strict";
import {
  type Channel,
  MOST_DISPLACED,
  MOST_REMEMBERED,
} from "../../../src/domain/channel/channel.ts";
import { giveUpSeat, takeSeat, takeSeatBack } from "../../../src/domain/channel/membership.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import { adminOf, type Caller, memberOf, viewerOf } from "../../../src/domain/channel/seat.ts";

const EMPTY: Channel = {
  channel_id: "chn_x",
  name: "x",
  created_at: "2026-01-01T00:00:00.000Z",
  creator: "host",
  host_hash: "hash-of-host-token",
  visibility: "private",
  sealed: false,
  spectators: false,
  closed: false,
  slots: [],
  seats: [],
  bots: [],
  former: [],
  next_player: 1,
  next_bot: 0,
};

/** `ann/1` is a call of ann from conversation 1, `ann` one from no conversation. */
function caller(text: string): Caller {
  const [principal, conversation = null] = text.split("/");
  return { principal: principal!, conversation };
}

const tokenOf = (playerId: string) => `hash-of-token-${playerId}`;

/** The channel after a step: `ann/1 joins`, `bob/9 takes p1` (with its rejoin token), `ann/1
 *  leaves`, `ann/1 leaves p1` (with its rejoin token), or `host frees p1`. A new player has its own
 *  slot. */
function after(channel: Channel, step: string): Channel {
  const [who, verb, playerId] = step.split(" ") as [string, string, string?];
  if (verb === "joins") {
    const slot_id = `s${channel.slots.length}`;
    const invite_hash = `hash-of-invite-${slot_id}`;
    const slot = { slot_id, kind: "invite", label: "seat", filled_by: null, invite_hash } as const;
    const open = { ...channel, slots: [...channel.slots, slot] };
    const rejoinHash = tokenOf(`p${channel.next_player}`);
    return takeSeat(open, caller(who), invite_hash, rejoinHash, {}, new Date(0)).channel;
  }
  const rejoinHash = playerId === undefined ? null : tokenOf(playerId);
  if (verb === "takes") return takeSeatBack(channel, caller(who), rejoinHash!, null).channel;
  if (verb === "leaves") {
    const access = { caller: caller(who), channelId: "chn_x", rejoinHash };
    const seat = memberOf(channel, access);
    return giveUpSeat(channel, seat, "left", seat.player_id).channel;
  }
  const seat = channel.seats.find(({ player_id }) => player_id === playerId)!;
  return giveUpSeat(channel, seat, "removed", "host").channel;
}

function channelAfter(...steps: string[]): Channel {
  return steps.reduce(after, EMPTY);
}

/** The player that a call without a token speaks for, or the code of its refusal. */
function spokenFor(channel: Channel, who: string, rejoinHash: string | null = null): string {
  try {
    const access = { caller: caller(who), channelId: "chn_x", rejoinHash };
    return memberOf(channel, access).player_id;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const TWO_CHATS = ["ann/1 joins", "ann/2 joins"];
const NO_CHATS = ["ann joins", "ann joins"];

/** By situation: the steps, and for whom each call speaks then. */
const TABLE: Record<string, { steps: string[]; calls: Record<string, string> }> = {
  "one seat, which was never lost": {
    steps: ["ann/1 joins"],
    calls: { "ann/1": "p1", "ann/77": "p1", ann: "p1", bob: "CHANNEL_NOT_FOUND" },
  },
  "one seat, taken without a conversation": {
    steps: ["ann joins"],
    calls: { ann: "p1", "ann/77": "p1" },
  },
  "two chats": {
    steps: TWO_CHATS,
    calls: { "ann/1": "p1", "ann/2": "p2", "ann/77": "SEAT_AMBIGUOUS", ann: "SEAT_AMBIGUOUS" },
  },
  "two chats without conversations": { steps: NO_CHATS, calls: { ann: "SEAT_AMBIGUOUS" } },
  "one conversation that used two invites": {
    steps: ["ann/1 joins", "ann/1 joins"],
    calls: { "ann/1": "SEAT_AMBIGUOUS", "ann/77": "SEAT_AMBIGUOUS" },
  },
  "the seat moved to another conversation": {
    steps: ["ann/1 joins", "ann/2 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p1", "ann/77": "p1", ann: "p1" },
  },
  "the seat moved to another conversation and back": {
    steps: ["ann/1 joins", "ann/2 takes p1", "ann/1 takes p1"],
    calls: { "ann/1": "p1", "ann/2": "NOT_MEMBER" },
  },
  "the seat moved to a call without a conversation": {
    steps: ["ann/1 joins", "ann takes p1"],
    calls: { "ann/1": "NOT_MEMBER", ann: "p1" },
  },
  "two chats, and a third took the first's seat": {
    steps: [...TWO_CHATS, "ann/3 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/3": "p1", "ann/77": "SEAT_AMBIGUOUS" },
  },
  "two chats, and one took the other's seat, too": {
    steps: [...TWO_CHATS, "ann/2 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "SEAT_AMBIGUOUS" },
  },
  "two chats, and another sign-in took the first's seat": {
    steps: [...TWO_CHATS, "bob/9 takes p1"],
    calls: {
      "ann/1": "NOT_MEMBER",
      "ann/2": "p2",
      "ann/77": "NOT_MEMBER",
      ann: "NOT_MEMBER",
      "bob/9": "p1",
      bob: "p1",
    },
  },
  "the same, and the first chat said that it speaks for the second seat": {
    steps: [...TWO_CHATS, "bob/9 takes p1", "ann/1 takes p2"],
    calls: { "ann/1": "p2", "ann/2": "NOT_MEMBER" },
  },
  "the same, and the first chat took its seat back": {
    steps: [...TWO_CHATS, "bob/9 takes p1", "ann/1 takes p1"],
    calls: { "ann/1": "p1", "ann/2": "p2", "bob/9": "NOT_MEMBER", bob: "NOT_MEMBER" },
  },
  "two chats, and the first left": {
    steps: [...TWO_CHATS, "ann/1 leaves"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/77": "NOT_MEMBER", ann: "NOT_MEMBER" },
  },
  "two chats, and the host freed the first's slot": {
    steps: [...TWO_CHATS, "host frees p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/77": "NOT_MEMBER", ann: "NOT_MEMBER" },
  },
  "two chats without conversations, and one seat was lost": {
    steps: [...NO_CHATS, "bob takes p1"],
    calls: { ann: "NOT_MEMBER", bob: "p1" },
  },
  "two chats that share a conversation, and one seat was lost": {
    steps: ["ann/1 joins", "ann/1 joins", "bob/9 takes p1"],
    calls: { "ann/1": "NOT_MEMBER" },
  },
  "two chats that share a conversation, and one seat moved": {
    steps: ["ann/1 joins", "ann/1 joins", "ann/3 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/3": "p1", "ann/77": "SEAT_AMBIGUOUS" },
  },
  "the only seat was taken by another sign-in": {
    steps: ["ann/1 joins", "bob/9 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", ann: "NOT_MEMBER", "bob/9": "p1", "bob/77": "p1" },
  },
  "the only seat was taken by another sign-in, and taken back": {
    steps: ["ann/1 joins", "bob/9 takes p1", "ann/2 takes p1"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p1", ann: "NOT_MEMBER" },
  },
  "the same without conversations": {
    steps: ["ann joins", "bob takes p1", "ann takes p1"],
    calls: { ann: "p1", bob: "NOT_MEMBER" },
  },
  "a player left and came back with a new invite": {
    steps: ["ann/1 joins", "ann/1 leaves", "ann/1 joins"],
    calls: { "ann/1": "p2", "ann/77": "NOT_MEMBER" },
  },
  "the same without conversations, as before": {
    steps: ["ann joins", "ann leaves", "ann joins"],
    calls: { ann: "p2" },
  },
  "a chat was removed, and another chat has a new invite": {
    steps: ["ann/1 joins", "host frees p1", "ann/2 joins"],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/77": "NOT_MEMBER" },
  },
  "the only player left": {
    steps: ["ann/1 joins", "ann/1 leaves"],
    calls: { "ann/1": "NOT_MEMBER", ann: "NOT_MEMBER", bob: "CHANNEL_NOT_FOUND" },
  },
  "more conversations than are remembered": {
    steps: [
      "ann/0 joins",
      ...Array.from({ length: MOST_DISPLACED + 1 }, (_, i) => `ann/${i + 1} takes p1`),
    ],
    calls: { "ann/0": "NOT_MEMBER", "ann/1": "NOT_MEMBER", [`ann/${MOST_DISPLACED + 1}`]: "p1" },
  },
  "more former members than are remembered": {
    steps: [
      ...TWO_CHATS,
      "bob/9 takes p1",
      ...Array.from({ length: MOST_REMEMBERED }, (_, i) => [`c${i}/1 joins`, `c${i}/1 leaves`])
        .flat(),
    ],
    calls: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "bob/9": "p1" },
  },
};

for (const [what, { steps, calls }] of Object.entries(TABLE)) {
  Deno.test(`for whom a call speaks: ${what}`, () => {
    const channel = channelAfter(...steps);
    const spoken = Object.keys(calls).map((who) => [who, spokenFor(channel, who)]);
    assert.deepEqual(Object.fromEntries(spoken), calls);
    for (const { player_id, principal } of channel.seats) {
      const named = spokenFor(channel, `${principal}/78`, tokenOf(player_id));
      assert.equal(named, player_id, "the token always names the seat");
    }
  });
}

Deno.test("no conversation ever speaks for a seat that it has not taken", () => {
  let random = 1;
  const below = (n: number) => (random = (random * 48271) % 0x7fffffff) % n;
  const chats = ["ann/1", "ann/2", "ann/3", "bob/4", "bob/5"];
  for (let game = 0; game < 400; game++) {
    let channel = channelAfter("ann/1 joins", "bob/4 joins");
    /** The seat that each conversation has said it speaks for. */
    const said = new Map([["ann/1", "p1"], ["bob/4", "p2"]]);
    const steps: string[] = [];
    for (let i = 0; i < 12; i++) {
      const who = chats[below(chats.length)]!;
      const { player_id } = channel.seats[below(channel.seats.length)] ?? { player_id: "" };
      const verbs = player_id ? ["joins", `takes ${player_id}`, `leaves`, "freed"] : ["joins"];
      const verb = verbs[below(verbs.length)]!;
      if (verb === "leaves" && !/^p/.test(spokenFor(channel, who))) continue;
      const step = verb === "freed" ? `host frees ${player_id}` : `${who} ${verb}`;
      steps.push(step);
      if (verb === "joins") said.set(who, `p${channel.next_player}`);
      if (verb.startsWith("takes")) said.set(who, player_id);
      channel = after(channel, step);
      for (const chat of chats) {
        const spoken = spokenFor(channel, chat);
        const mine = said.get(chat);
        // A conversation that has taken no seat yet may act from its principal's only one.
        const right = !/^p/.test(spoken) || mine === undefined || spoken === mine;
        assert.ok(right, `${steps.join("; ")}: ${chat} said ${mine} and speaks for ${spoken}`);
      }
    }
  }
});

Deno.test("refusals name the seats, and the way out", async (t) => {
  const table: [string, string[], string, RegExp][] = [
    ["ambiguous", TWO_CHATS, "ann", /hold p1 and p2 .*rejoin_token/],
    ["displaced", [...TWO_CHATS, "bob/9 takes p1"], "ann/1", /still hold p2\..*rejoin_token/],
  ];
  for (const [name, steps, who, expected] of table) {
    await t.step(name, () => {
      const access = { caller: caller(who), channelId: "chn_x", rejoinHash: null };
      assert.throws(() => memberOf(channelAfter(...steps), access), expected);
    });
  }
});

Deno.test("a token is good for the seat's holder only", async (t) => {
  const channel = channelAfter("ann/1 joins", "bob/2 joins");
  const table: [string, string, string, string][] = [
    ["another principal with the token", "eve", tokenOf("p1"), "NOT_MEMBER"],
    ["a stranger with a made-up token", "eve", "hash-zz", "CHANNEL_NOT_FOUND"],
    ["a member with a void token", "ann/1", "hash-zz", "REJOIN_TOKEN_INVALID"],
  ];
  for (const [name, who, token, code] of table) {
    await t.step(name, () => assert.equal(spokenFor(channel, who, token), code));
  }
  assert.equal(spokenFor(channel, "host"), "NOT_MEMBER");
  const open: Channel = { ...channel, visibility: "public" };
  assert.equal(spokenFor(open, "eve"), "NOT_MEMBER", "anyone may know of a public channel");
});

Deno.test("takeSeatBack() announces a change of principals, and nothing else", () => {
  const channel = channelAfter("ann/1 joins");
  assert.deepEqual(takeSeatBack(channel, caller("ann/2"), tokenOf("p1"), null).drafts, []);
  const { drafts } = takeSeatBack(channel, caller("bob/2"), tokenOf("p1"), "hash-new");
  assert.deepEqual(drafts.map(({ body }) => body.value.type), ["member_rejoined"]);
});

Deno.test("the host stays admin by its sign-in or its token, and no seat's token makes one", async (t) => {
  const channel = channelAfter("host/1 joins", "host/2 joins", "cleo/3 takes p1", "ann joins");
  const isAdmin = (who: string, rejoinHash: string | null = null) => {
    try {
      adminOf(channel, { caller: caller(who), channelId: "chn_x", rejoinHash });
      return true;
    } catch (error) {
      assert.ok(error instanceof Refusal && error.code !== "INTERNAL_ERROR");
      return false;
    }
  };
  const table: [string, string, string | null, boolean][] = [
    ["the creator, from the chat that lost its seat", "host/1", null, true],
    ["the creator, from a new chat", "host/77", null, true],
    ["who took over the creator's seat", "cleo/3", null, false],
    ["the same, with the seat's token", "cleo/3", tokenOf("p1"), false],
    ["a new sign-in with the host token", "new", "hash-of-host-token", true],
    ["a member with the host token", "ann", "hash-of-host-token", true],
    ["a member with a wrong host token", "ann", "hash-zz", false],
    ["a member", "ann", null, false],
  ];
  for (const [name, who, token, expected] of table) {
    await t.step(name, () => assert.equal(isAdmin(who, token), expected));
  }
  await t.step("a channel of an earlier release has no host token", () => {
    const { host_hash: _, ...old } = channel;
    const access = { caller: caller("new"), channelId: "chn_x", rejoinHash: "hash-of-host-token" };
    assert.throws(() => adminOf(old, access), /CHANNEL_NOT_FOUND|no such channel/);
  });
});

Deno.test("viewerOf() lets the host and admitted spectators read without a seat", () => {
  const channel = channelAfter("ann/1 joins");
  const viewer = (of: Channel, who: string, rejoinHash: string | null = null) =>
    viewerOf(of, { caller: caller(who), channelId: "chn_x", rejoinHash });
  assert.deepEqual(viewer(channel, "host"), { seat: null, admin: true });
  assert.deepEqual(viewer(channel, "new", "hash-of-host-token"), { seat: null, admin: true });
  const watched: Channel = { ...channel, visibility: "public", spectators: true };
  assert.deepEqual(viewer(watched, "eve"), { seat: null, admin: false });
  const unwatched: Channel = { ...channel, visibility: "private", spectators: true };
  assert.throws(
    () => viewer(unwatched, "eve"),
    (error) => error instanceof Refusal && error.code === "CHANNEL_NOT_FOUND",
  );
  const lost = channelAfter(...TWO_CHATS, "bob/9 takes p1");
  assert.throws(
    () => viewer({ ...lost, visibility: "public", spectators: true }, "ann/1"),
    (error) => error instanceof Refusal && error.code === "NOT_MEMBER",
    "a displaced conversation does not read as the other seat either",
  );
});

Deno.test("viewerOf() speaks for a seat that was found before, while its principal holds it", () => {
  const seen = (steps: string[], who: string, playerId: string, more: Partial<Channel> = {}) => {
    const channel = { ...steps.reduce(after, EMPTY), ...more };
    const access = { caller: caller(who), channelId: "chn_x", rejoinHash: null, playerId };
    try {
      return viewerOf(channel, access).seat?.player_id;
    } catch (error) {
      assert.ok(error instanceof Refusal);
      return error.code;
    }
  };
  const two = ["ann/1 joins", "ann/2 joins"];
  assert.equal(seen(two, "ann", "p1"), "p1", "whichever else it holds");
  assert.equal(seen(two, "ann/2", "p1"), "p1", "from whichever conversation");
  assert.equal(seen(two, "bob", "p1"), "NOT_MEMBER", "but nobody else");
  const left = [...two, "ann/1 leaves"];
  const open = { visibility: "public", spectators: true } as const;
  assert.equal(seen(left, "ann", "p1"), "NOT_MEMBER", "and not once it is lost");
  assert.equal(seen(left, "ann", "p1", open), "NOT_MEMBER", "nor as a spectator");
  assert.equal(seen(["host joins", "host leaves"], "host", "p1"), "NOT_MEMBER", "nor as the host");
});
