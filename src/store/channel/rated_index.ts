/** What ratings need of a rated channel, written in the commits of the channel: who took each seat,
 *  and which games have ended and are not recorded yet. */
import type { Channel } from "../../domain/channel/channel.ts";
import { botEnded } from "../../domain/announcements/hooks.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { AtomicPart } from "../commit_group.ts";
import { keys } from "../keys.ts";

/** A game that has ended: the entry that says so, and the source of its referee. */
export interface EndedGame {
  entry: number;
  code_hash: string;
}

/** Adds what a commit means for ratings. A seat belongs to the principal that took it, whoever
 *  holds it later: nobody gets rid of a loss by handing the seat over. */
export function reindexRated(
  atomic: AtomicPart,
  before: Channel | null,
  { channel, entries }: { channel: Channel; entries: readonly Entry[] },
): void {
  const { channel_id, seats, bots } = channel;
  if (seats !== before?.seats) {
    const known = new Set(before?.seats.map(({ player_id }) => player_id));
    for (const { player_id, principal } of seats) {
      if (!known.has(player_id)) atomic.set(keys.ratedSeat(channel_id, player_id), principal);
    }
  }
  for (const entry of entries) {
    const ended = botEnded.in(entry);
    const bot = ended && bots.find(({ bot_id }) => bot_id === ended.bot_id);
    if (!bot) continue;
    const { bot_id, code_hash } = bot;
    const game: EndedGame = { entry: entry.id, code_hash };
    atomic.set(keys.unratedGame(channel_id, bot_id), game);
  }
}
