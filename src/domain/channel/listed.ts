/** What lists show of channels, which ones they find, and the seats that may be taken without an
 *  invite. Pure. */
import { movesOf } from "../bot/moves.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Channel, Slot } from "./channel.ts";

/** What a list is to find. */
export interface Wanted {
  /** A part of the channel's name; "" for any. */
  query: string;
  /** The name of a bot, or of the game that one plays. */
  game?: string | undefined;
  /** Only channels with a seat that the caller may take without an invite. */
  open: boolean;
  /** Also channels where nothing is played any more. */
  ended: boolean;
  /** Only the caller's own channels that it has hidden, ended ones too. */
  hidden: boolean;
}

/** The facts of a channel that lists filter by, and that change with its bots. They are stored
 *  beside its record, so that a list need not read each bot. */
interface ListedFacts {
  /** Whether nothing is played any more. */
  over: boolean;
  /** The names of its bots and of their games, as `plainName` makes them. */
  games: string[];
}

export function listedFacts(channel: Pick<Channel, "closed" | "bots">): ListedFacts {
  const names = channel.bots.flatMap(({ name, manifest }) => {
    const moves = movesOf(manifest);
    return [name, ...moves ? [moves.game, ...moves.aliases] : []].map(plainName);
  });
  const games = [...new Set(names)].filter((name) => name !== "");
  return { over: isOver(channel), games: games.slice(0, CHANNEL_LIMITS.listedGames) };
}

/** Whether nothing is played any more: the channel is closed, or all its bots have ended. */
export function isOver({ closed, bots }: Pick<Channel, "closed" | "bots">): boolean {
  return closed || bots.length > 0 && bots.every(({ ended }) => ended);
}

type Listed = Pick<Channel, "name" | "closed" | "open_seats" | "visibility"> & {
  banned?: Channel["banned"];
  slots: readonly Pick<Channel["slots"][number], "kind" | "filled_by">[];
  seats: readonly Pick<Channel["seats"][number], "principal">[];
};

/** Whether a list for a principal shows a channel. */
export function isWanted(
  channel: Listed,
  { over, games }: ListedFacts,
  { query, game, open, ended, hidden }: Wanted,
  principal: string,
): boolean {
  return channel.name.toLowerCase().includes(query.toLowerCase()) &&
    (ended || hidden || !over) &&
    (game === undefined || games.includes(plainName(game))) &&
    (!open || !over && mayTakeSeat(channel, principal));
}

/** A name without what people vary: `GuessBot`, `guess_bot` and `guess bot` are one. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "").slice(0, CHANNEL_LIMITS.listedGameChars);
}

type Offering = Pick<Channel, "closed" | "open_seats" | "visibility">;

/** The seats that a channel offers, free ones. Their invites stay valid: who comes first takes the
 *  seat. */
export function openSeats<S extends Pick<Slot, "kind" | "filled_by">>(
  channel: Offering & { slots: readonly S[] },
): S[] {
  const { closed, open_seats, visibility, slots } = channel;
  if (closed || !open_seats || visibility === "private") return [];
  return slots.filter(({ kind, filled_by }) => kind === "invite" && filled_by === null);
}

/** Whether a principal may take one of them: it holds no seat yet, and is not banned. */
export function mayTakeSeat(
  channel: Offering & {
    slots: readonly Pick<Slot, "kind" | "filled_by">[];
    seats: readonly { principal: string }[];
    banned?: Channel["banned"];
  },
  principal: string,
): boolean {
  const { seats, banned = [] } = channel;
  return openSeats(channel).length > 0 &&
    ![...seats, ...banned].some((each) => each.principal === principal);
}
