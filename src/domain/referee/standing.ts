/** Where a viewer stands with the referees of a channel: whose turn it is, who plays, and who will
 *  answer. The ground for every answer's `next`. Pure. */
import { type Moves, movesOf } from "../bot/moves.ts";
import type { Channel } from "../channel/channel.ts";
import { gameOf, type Turn, turnOf } from "../channel/turn.ts";
import type { Head } from "../transcript/transcript.ts";
import { isPaused } from "./referee.ts";
import { type RematchStanding, rematchStanding } from "./rematch.ts";

export interface Standing {
  /** The viewer's player id; null without a seat. */
  you: string | null;
  closed: boolean;
  sealed: boolean;
  /** Whether the server opened the channel for players whom it paired. */
  matched: boolean;
  turn: Turn | null;
  /** The rematch that the viewer may ask for, once the referee has ended. */
  rematch: RematchStanding | null;
  /** The players of the game, the message that names them, and whether the viewer is one. */
  game: { msgId: number; players: string[]; plays: boolean } | null;
  /** How many bots have not ended. */
  bots: number;
  /** Whether the bot that gave the turn, or without a turn every bot, waits for an admin. */
  paused: boolean;
  /** The first free slot for a bot while the channel has no bot. */
  freeSlot: string | null;
  /** A failure after which its bot has said nothing to everyone. */
  failure: number | null;
  /** The declared moves of the bots that answer, and how many of these bots declare none. */
  moves: readonly Moves[];
  undeclared: number;
}

/** The standing of a player, or of a spectator (null). */
export function standingOf(
  { channel, head }: { channel: Channel; head: Head },
  you: string | null,
): Standing {
  const { bots, slots, closed, sealed } = channel;
  const live = bots.filter(({ ended }) => !ended);
  const answering = live.filter((bot) => !isPaused(bot));
  const turn = turnOf({ channel, head }, you);
  const moves = answering.map(({ manifest }) => movesOf(manifest));
  const failures = answering.flatMap(({ bot_id }) => head.turns.failures[bot_id] ?? []);
  const free = slots.find(({ kind, filled_by }) => kind === "bot" && filled_by === null);
  return {
    you,
    closed,
    sealed,
    matched: channel.match !== undefined,
    turn,
    rematch: turn?.kind === "over" ? rematchStanding({ channel, head }, turn.botId, you) : null,
    game: gameOf({ channel, head }, you),
    bots: live.length,
    paused: turn && turn.kind !== "over"
      ? !answering.some(({ bot_id }) => bot_id === turn.botId)
      : live.length > 0 && answering.length === 0,
    freeSlot: bots.length === 0 ? free?.slot_id ?? null : null,
    failure: failures.length > 0 ? Math.max(...failures) : null,
    moves: moves.filter((each) => each !== null),
    undeclared: moves.filter((each) => each === null).length,
  };
}
