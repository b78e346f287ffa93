/** A channel in which players, bots and the server have said something. */
import { turnsAfter } from "../../../src/domain/channel/keep_turns.ts";
import type { Bot } from "../../../src/domain/bot/bot.ts";
import type { Channel, Seat } from "../../../src/domain/channel/channel.ts";
import { CHANNEL_LIMITS } from "../../../src/domain/limits/channel.ts";
import { NO_TURNS } from "../../../src/domain/transcript/kept_turns.ts";
import { EMPTY_HEAD, type Entry, type Head } from "../../../src/domain/transcript/transcript.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";

/** What somebody says: `cause` is the entry that it answers, `to` the players who may read it. */
export type Said = [sender: string, body: JsonObject, more?: { to?: string[]; cause?: number }];

export interface Room {
  /** Players who are seated, of p1, p2 and p3 that have been. */
  seats?: string[];
  /** Bots in the channel, and those of them that have ended. */
  bots?: string[];
  ended?: string[];
  /** Whether the bots hear addressed entries. */
  private?: boolean;
  /** Bots that are paused. */
  paused?: string[];
  closed?: boolean;
  /** The last entry that each bot has read; all by default. */
  cursors?: Record<string, number>;
  timers?: Head["timers"];
}

/** The state of a channel in which the entries came one by one. */
export function stateOf(said: readonly Said[], room: Room = {}): { channel: Channel; head: Head } {
  const { seats = ["p1", "p2"], bots = ["a", "b"], ended = [], cursors = {}, timers = {} } = room;
  const channel = {
    seats: seats.map((player_id) => ({ player_id }) as Seat),
    bots: bots.map((bot_id) =>
      ({
        bot_id,
        ended: ended.includes(bot_id),
        private: room.private ?? true,
        kills: room.paused?.includes(bot_id) ? CHANNEL_LIMITS.killsBeforePause : 0,
      }) as Bot
    ),
    closed: room.closed ?? false,
    next_player: 4,
  } as Channel;
  const everyone = {
    ...channel,
    seats: ["p1", "p2", "p3"].map((player_id) => ({ player_id }) as Seat),
  };
  let turns = NO_TURNS;
  for (const [i, [sender, body, more]] of said.entries()) {
    turns = turnsAfter(turns, [entryOf(i + 1, sender, body, more)], everyone);
  }
  const left = entryOf(said.length + 1, "system", { type: "member_left" });
  return {
    channel,
    head: {
      ...EMPTY_HEAD,
      size: said.length,
      cursors,
      timers,
      turns: turnsAfter(turns, [left], channel),
    },
  };
}

export function entryOf(id: number, sender: string, body: JsonObject, more: Said[2] = {}): Entry {
  const kind = sender.startsWith("bot:") ? "bot" : sender === "system" ? "system" : "user";
  const hash = `sha256:${"0".repeat(64)}` as const;
  return {
    id,
    channel_id: "chn_x",
    sender,
    kind,
    ts: "",
    body,
    hash,
    root: "",
    chained: 0,
    ...more,
  };
}
