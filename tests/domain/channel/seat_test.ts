import assert from "node:assert/strict";
import type { Channel, Seat } from "../../../src/domain/channel/channel.ts";
import { giveUpSeat, takeSeatBack } from "../../../src/domain/channel/membership.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import {
  type Access,
  type Caller,
  memberOf,
  seatOf,
  viewerOf,
} from "../../../src/domain/channel/seat.ts";

function seat(player_id: string, principal: string, conversation: string | null): Seat {
  return {
    player_id,
    slot_id: `s${player_id.slice(1)}`,
    principal,
    display_name: player_id,
    admin: false,
    rejoin_hash: `hash-${player_id}`,
    conversation,
    displaced: [],
  };
}

function channel(seats: Seat[], more: Partial<Channel> = {}): Channel {
  return {
    channel_id: "chn_x",
    name: "x",
    created_at: "2026-01-01T00:00:00.000Z",
    creator: "host",
    visibility: "private",
    sealed: false,
    spectators: false,
    closed: false,
    slots: seats.map(({ slot_id, player_id }) => ({
      slot_id,
      kind: "invite",
      label: slot_id,
      filled_by: player_id,
      invite_hash: null,
    })),
    seats,
    bots: [],
    former: [],
    next_player: 9,
    next_bot: 0,
    ...more,
  };
}

function from(caller: Caller, rejoinHash: string | null = null): Access {
  return { caller, channelId: "chn_x", rejoinHash };
}

const TWO_CHATS = channel([seat("p1", "ann", "chat-1"), seat("p2", "ann", "chat-2")]);
const ONE_POOLED = channel([seat("p1", "ann", "chat-1"), seat("p2", "ann", "chat-1")]);
const ONE_SEAT = channel([seat("p1", "ann", "chat-1"), seat("p2", "bob", null)]);

Deno.test("seatOf() goes by the token, then the conversation, then the only seat", async (t) => {
  const table: [string, Channel, string, string | null, string | null, string][] = [
    ["token over conversation", TWO_CHATS, "ann", "chat-1", "hash-p2", "p2"],
    ["conversation", TWO_CHATS, "ann", "chat-2", null, "p2"],
    ["only seat, unknown conversation", ONE_SEAT, "ann", "chat-77", null, "p1"],
    ["only seat, no conversation", ONE_SEAT, "bob", null, null, "p2"],
    ["token where a session is shared by two chats", ONE_POOLED, "ann", "chat-1", "hash-p1", "p1"],
  ];
  for (const [name, room, principal, conversation, token, expected] of table) {
    await t.step(name, () => {
      assert.equal(seatOf(room, from({ principal, conversation }, token))?.player_id, expected);
    });
  }
});

Deno.test("memberOf() refuses callers without a seat or with an ambiguous one", async (t) => {
  const open = channel([seat("p1", "ann", null)], { visibility: "public" });
  const gone = giveUpSeat(ONE_SEAT, ONE_SEAT.seats[0]!).channel;
  const table: [string, Channel, string, string | null, string | null, string][] = [
    ["two seats and no hint", TWO_CHATS, "ann", "chat-3", null, "SEAT_AMBIGUOUS"],
    ["two seats under one hint", ONE_POOLED, "ann", "chat-1", null, "SEAT_AMBIGUOUS"],
    ["a stranger", ONE_SEAT, "eve", null, null, "CHANNEL_NOT_FOUND"],
    ["a stranger with a made-up token", ONE_SEAT, "eve", null, "hash-zz", "CHANNEL_NOT_FOUND"],
    ["another principal with the token", ONE_SEAT, "eve", null, "hash-p1", "NOT_MEMBER"],
    ["a member with a void token", ONE_SEAT, "ann", null, "hash-zz", "REJOIN_TOKEN_INVALID"],
    ["a former member", gone, "ann", null, null, "NOT_MEMBER"],
    ["the creator without a seat", ONE_SEAT, "host", null, null, "NOT_MEMBER"],
    ["anyone at a public channel", open, "eve", null, null, "NOT_MEMBER"],
  ];
  for (const [name, room, principal, conversation, token, code] of table) {
    await t.step(name, () => {
      assert.throws(
        () => memberOf(room, from({ principal, conversation }, token)),
        (error) => error instanceof Refusal && error.code === code,
      );
    });
  }
});

Deno.test("takeSeatBack() moves the seat and displaces the conversation that held it", () => {
  const there = { principal: "ann", conversation: "chat-9" };
  const { channel: moved, drafts } = takeSeatBack(ONE_SEAT, there, "hash-p1", null);
  assert.equal(seatOf(moved, from(there))?.player_id, "p1");
  assert.throws(
    () => seatOf(moved, from({ principal: "ann", conversation: "chat-1" })),
    (error) => error instanceof Refusal && error.code === "NOT_MEMBER",
  );
  assert.deepEqual(drafts, [], "the same principal: nothing to announce");

  const back = takeSeatBack(moved, { principal: "ann", conversation: "chat-1" }, "hash-p1", null);
  const again = seatOf(back.channel, from({ principal: "ann", conversation: "chat-1" }));
  assert.equal(again?.player_id, "p1");
});

Deno.test("takeSeatBack() by another principal displaces the old one, and announces it", () => {
  const taker = { principal: "cleo", conversation: null };
  const { channel: taken, drafts } = takeSeatBack(ONE_SEAT, taker, "hash-p1", "hash-new");
  assert.equal(seatOf(taken, from(taker, "hash-new"))?.player_id, "p1");
  assert.equal(drafts[0]?.body.value.type, "member_rejoined");
  assert.throws(
    () => memberOf(taken, from({ principal: "ann", conversation: "chat-1" })),
    (error) => error instanceof Refusal && error.code === "NOT_MEMBER",
  );
});

Deno.test("viewerOf() lets the creator and admitted spectators read without a seat", () => {
  assert.deepEqual(viewerOf(ONE_SEAT, from({ principal: "host", conversation: null })), {
    seat: null,
    admin: true,
  });
  const watched = channel([seat("p1", "ann", null)], { visibility: "public", spectators: true });
  assert.deepEqual(viewerOf(watched, from({ principal: "eve", conversation: null })), {
    seat: null,
    admin: false,
  });
  const unwatched = channel([], { visibility: "private", spectators: true });
  assert.throws(
    () => viewerOf(unwatched, from({ principal: "eve", conversation: null })),
    (error) => error instanceof Refusal && error.code === "CHANNEL_NOT_FOUND",
  );
});
