/** Which invites and tokens still open a seat. */
import assert from "node:assert/strict";
import type { Channel } from "../../../src/domain/channel/channel.ts";
import { takeOpenSeat, takeSeat } from "../../../src/domain/channel/membership.ts";

const NOW = new Date("2026-01-01T12:00:00.000Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);
const CHANNEL: Channel = {
  channel_id: "chn_x",
  name: "x",
  created_at: NOW.toISOString(),
  creator: "host",
  visibility: "public",
  sealed: false,
  spectators: false,
  closed: false,
  slots: [{
    slot_id: "s0",
    kind: "invite",
    label: "seat",
    filled_by: null,
    invite_hash: "invite",
    invite_expires: later(60_000).toISOString(),
  }],
  seats: [],
  bots: [],
  former: [],
  next_player: 1,
  next_bot: 0,
};
const ann = { principal: "ann", conversation: null };

Deno.test("takeSeat() takes an invite until it expires, and refuses it then as an unknown one", () => {
  const seated = takeSeat(CHANNEL, ann, "invite", "token", {}, later(59_999));
  assert.equal(seated.seat.player_id, "p1");
  const late = () => takeSeat(CHANNEL, ann, "invite", "token", {}, later(60_000));
  const unknown = () => takeSeat(CHANNEL, ann, "another", "token", {}, NOW);
  const textOf = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return String(error);
    }
  };
  assert.match(textOf(late)!, /INVITE_INVALID/);
  assert.equal(textOf(late), textOf(unknown));
  // A seat that was taken in time may be taken again, since the answer may have been lost.
  const again = takeSeat(seated.channel, ann, "invite", "token", {}, later(120_000));
  assert.deepEqual(again.drafts, []);
});

Deno.test("takeOpenSeat() refuses a banned sign-in", () => {
  const open = {
    ...CHANNEL,
    open_seats: true as const,
    banned: [{ principal: "ann", players: ["p1"] }],
  };
  assert.throws(() => takeOpenSeat(open, ann, "token", {}), /NOT_MEMBER: An admin has banned you/);
  assert.equal(takeOpenSeat({ ...open, banned: [] }, ann, "token", {}).seat.player_id, "p1");
});
