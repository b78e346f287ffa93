/** Muted members read, but post nothing. While a game needs a member's word, its mute waits, since
 *  otherwise an admin could make a player lose by its silence. Pure. */
import { Refusal } from "../../kernel/refusal.ts";
import type { Head } from "../transcript/transcript.ts";
import type { Channel, Seat } from "./channel.ts";
import { gameOf } from "./turn.ts";

type State = { channel: Channel; head: Head };

export function refuseMuted(state: State, { muted, player_id }: Seat): void {
  if (!muted || gameOf(state, player_id)?.plays) return;
  throw new Refusal(
    "MUTED",
    "An admin has muted you in this channel, so you can read but not post. Ask an admin to lift " +
      'it with update_channel: {"type":"mute","muted":false}.',
  );
}

/** Whether a member surely plays no game: each bot that has not ended has named the players
 *  of its game, and this member is none of them. */
export function surelyWatches({ channel: { bots }, head }: State, playerId: string): boolean {
  return bots.every(({ bot_id, ended }) => {
    const game = head.turns.games[bot_id];
    return ended || game !== undefined && !game.players.includes(playerId);
  });
}
