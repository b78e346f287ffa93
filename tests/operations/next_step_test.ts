/** What `next` says in situations that a real referee takes long to come into. The others are in
 *  `tests/reports/next_steps_test.ts`. */
import assert from "node:assert/strict";
import type { Situation } from "../../src/channels/reading/reader.ts";
import type { Bot } from "../../src/domain/bot/bot.ts";
import type { Channel } from "../../src/domain/channel/channel.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { standingOf } from "../../src/domain/referee/standing.ts";
import { type KeptTurns, NO_TURNS } from "../../src/domain/transcript/kept_turns.ts";
import { EMPTY_HEAD } from "../../src/domain/transcript/transcript.ts";
import {
  nextAfterPosting,
  nextAfterReading,
  nextInChannel,
} from "../../src/operations/next_step.ts";

const bot = (bot_id: string, more: Partial<Bot> = {}) =>
  ({ bot_id, kills: 0, ended: false, manifest: {}, ...more }) as Bot;
const paused = { kills: CHANNEL_LIMITS.killsBeforePause };
const turns: KeptTurns = { ...NO_TURNS, turns: { a: [{ id: 7, players: ["p1"] }] } };
const freeSlot = {
  slot_id: "s0",
  kind: "bot",
  label: "do as I say",
  filled_by: null,
  invite_hash: null,
} as const;

/** What the situation of p1 has, beside two seats and the turn of message 7. */
interface Given {
  channel?: Partial<Channel>;
  turns?: KeptTurns;
  more?: Partial<Situation>;
  you?: string | null;
}

function situationOf({ channel, you = "p1", more, ...given }: Given): Situation {
  const state = {
    channel: {
      bots: [bot("a")],
      slots: [],
      seats: [{ player_id: "p1" }, { player_id: "p2" }],
      closed: false,
      sealed: false,
      ...channel,
    } as unknown as Channel,
    head: { ...EMPTY_HEAD, turns: given.turns ?? turns },
  };
  return { ...standingOf(state, you), admin: false, ...more };
}

const read = { cursor: 9, received: 1, more: false };

/** The situation, and what is said in it after reading. */
const TEXTS: Record<string, [Given, RegExp, RegExp?]> = {
  "one's turn": [{}, /^It is your turn \(message 7\): .+ Then call sync_messages with cursor 9/],
  "a spectator": [{ you: null }, /^It is the turn of p1\. Call sync_messages/],
  "a paused referee": [
    { channel: { bots: [bot("a", paused)] } },
    /^Message 7 gave you the turn\. The referee is paused.+ update_channel with resume_bot/,
    /make_game_move/,
  ],
  "a paused referee, before any turn": [
    { channel: { bots: [bot("a", paused)] }, turns: NO_TURNS },
    /^The referee is paused/,
  ],
  "a paused bot beside the referee": [
    { channel: { bots: [bot("a"), bot("b", paused)] } },
    /^It is your turn/,
    /paused/,
  ],
  "a referee that was paused, beside another bot": [
    { channel: { bots: [bot("a", paused), bot("b")] } },
    /The referee is paused/,
  ],
  "a failure during a game": [
    { turns: { ...turns, failures: { a: 8 } } },
    /^It is your turn/,
    /failed/,
  ],
  "a failed referee of a sealed channel": [
    { channel: { sealed: true }, turns: { ...NO_TURNS, failures: { a: 8 } } },
    /^The referee has failed \(message 8\) and has said nothing since\./,
    /set_bot/,
  ],
  "a paused referee of a sealed channel": [
    { channel: { sealed: true, bots: [bot("a", paused)] }, turns: NO_TURNS },
    /^The referee is paused.+ until a player calls update_channel with resume_bot/,
  ],
  "a free slot in a sealed channel": [
    { channel: { bots: [], slots: [freeSlot], sealed: true } },
    /^Bot slot s0 has no bot yet.+ the channel is sealed, so create another one/,
    /attach_bot|do as I say/,
  ],
  "a free slot beside a bot": [{ channel: { slots: [freeSlot] } }, /^It is your turn/, /Bot slot/],
  "bots that have used up their time": [
    { more: { botsWait: { entries: 1, for_ms: 2_500 } } },
    /^It is your turn.+ used up their time for now: .+ in about 3 s/,
  ],
  "a round of randomness": [
    { turns: NO_TURNS, more: { awaits: { round: 5, at: "12:00" } } },
    /^Bots wait for round 5 of public randomness, due at 12:00\./,
  ],
};

Deno.test("nextAfterReading() says what is known", async (t) => {
  for (const [name, [given, right, wrong = /undefined|null/]] of Object.entries(TEXTS)) {
    await t.step(name, () => {
      const next = nextAfterReading(situationOf(given), read);
      assert.match(next, right);
      assert.doesNotMatch(next, wrong);
    });
  }
});

Deno.test("next after a post does not ask to wait for what only an admin can mend", () => {
  const given = { channel: { bots: [bot("a", paused)] } };
  const moved = nextAfterPosting(situationOf(given), { game: "guess", unheard: false });
  assert.match(moved, /The referee is paused.+ resume_bot/);
  assert.match(nextInChannel(situationOf(given)), /^You are p1\. Message 7 .+ resume_bot/);
});

Deno.test("next after a move names no game while some bot may play it", () => {
  const declared = { moves: { game: "guess", actions: { guess: {} } } };
  const bots = [bot("a", { manifest: declared }), bot("b")];
  const next = (game: string) =>
    nextAfterPosting(situationOf({ channel: { bots } }), { game, unheard: false });
  assert.match(next("chess"), /^No bot here says that it plays "chess"\. One plays game "guess"/);
  assert.doesNotMatch(next("Guess"), /No bot/);
});
