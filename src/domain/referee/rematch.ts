/** Another game with a bot that has ended, in the same slot: the players ask for it, and nobody
 *  else has a say, in a sealed channel too. Pure. */
import { rematchAsked } from "../announcements/games.ts";
import type { Bot } from "../bot/bot.ts";
import { type Channel, withBot, withoutAsk, withoutBot } from "../channel/channel.ts";
import type { Change } from "../channel/membership.ts";
import type { Head } from "../transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { attachBot, botsChanged, type NewBot } from "./referee.ts";

type State = { channel: Channel; head: Head };

/** Players in the order that a rematch announces, then the others in the order of joining. */
export function inSeatOrder<T extends { player_id: string }>(
  players: readonly T[],
  seats: readonly string[] = [],
): T[] {
  const first = seats.flatMap((id) => players.find(({ player_id }) => player_id === id) ?? []);
  return [...first, ...players.filter((player) => !first.includes(player))];
}

/** The players who have to ask for a rematch, in the order of the game that has ended: those whom
 *  its bot has named, as far as they are still here; everyone if it has named none of them. */
function rematchPlayers({ channel, head }: State, bot: Bot): string[] {
  const seated = inSeatOrder(channel.seats, bot.seats).map(({ player_id }) => player_id);
  const named = head.turns.games[bot.bot_id]?.all ?? [];
  const here = named.filter((player) => seated.includes(player));
  return here.length > 0 ? here : seated;
}

/** The order of players in the next game: everyone moves up by one, and the first comes last. */
export function rotated(players: readonly string[]): string[] {
  return [...players.slice(1), ...players.slice(0, 1)];
}

/** The bot whose rematch is meant: the one that is named, or else the only one that has ended. */
export function rematchBot({ bots }: Channel, botId: string | undefined): Bot {
  const ended = bots.filter((bot) => bot.ended);
  const [bot, ...others] = ended.filter(({ bot_id }) => botId === undefined || bot_id === botId);
  if (bot && others.length === 0) return bot;
  throw new Refusal(
    "BAD_OP",
    bot
      ? `Several bots have ended: name one as bot_id, ${ended.map((b) => b.bot_id).join(" or ")}.`
      : "No game has ended here that could have a rematch: ask once its bot has ended. A bot that " +
        "goes on says itself how to begin another game.",
  );
}

/** A player asks for a rematch with a bot that has ended. With the last one who has to ask, `again`
 *  takes the bot's place: the same source, parameters and hosts with a seed of its own. */
export function askForRematch(
  state: State,
  { bot, player, again }: { bot: Bot; player: string; again: NewBot | undefined },
): Change {
  const { channel } = state;
  const { bot_id, rematch_asked = [] } = bot;
  const players = rematchPlayers(state, bot);
  if (!players.includes(player)) {
    throw new Refusal(
      "BAD_OP",
      `You did not play in this game, so its rematch is for ${players.join(" and ")} to ask for.`,
    );
  }
  const asked = [...rematch_asked.filter((id) => id !== player), player];
  const isComplete = players.every((id) => asked.includes(id));
  if (!isComplete && rematch_asked.includes(player)) return { channel, drafts: [] };
  const draft = rematchAsked.draft({ player_id: player, bot_id });
  const heard = withBot(withoutAsk(channel, player), { ...bot, rematch_asked: asked });
  if (!isComplete) return { channel: heard, drafts: [draft] };
  if (again?.manifest_hash !== bot.manifest_hash || again.code_hash !== bot.code_hash) {
    throw botsChanged();
  }
  const begun = attachBot(withoutBot(heard, bot_id), again, bot.slot_id, {
    bot,
    seats: rotated(players),
  });
  return { channel: begun.channel, drafts: [draft, ...begun.drafts] };
}

/** Where a rematch stands for a player: who has asked, and who has yet to. */
export interface RematchStanding {
  asked: string[];
  missing: string[];
}

/** The rematch for which a player may ask, of the bot with this id; null when it may not. */
export function rematchStanding(
  state: State,
  botId: string,
  you: string | null,
): RematchStanding | null {
  const bot = state.channel.bots.find(({ bot_id, ended }) => ended && bot_id === botId);
  if (!bot || you === null || state.channel.closed) return null;
  const players = rematchPlayers(state, bot);
  if (!players.includes(you)) return null;
  const asked = players.filter((player) => bot.rematch_asked?.includes(player));
  return { asked, missing: players.filter((player) => !asked.includes(player)) };
}
