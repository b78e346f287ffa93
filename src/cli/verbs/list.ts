/** `mcpmp list`: channels, or the built-in games. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import type { Answer } from "../session/session.ts";

interface Options {
  game?: string;
  open?: boolean;
  ended?: boolean;
  games?: boolean;
  limit: string;
}

export function addList(program: Command): void {
  program.command("list")
    .description("list your channels and the public ones, or the built-in games")
    .argument("[query]", "a part of a channel's name")
    .option("-g, --game <name>", "only channels with this bot or game")
    .option("--open", "only channels with a seat for you")
    .option("--ended", "the ended ones, too")
    .option("--games", "the built-in games instead")
    .option("--limit <count>", "how many at most", "20")
    .action(async (query: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      if (options.games) {
        const answer = await session.call("list_bots", {});
        return out.json ? out.document(answer) : showGames(out, answer.bots);
      }
      const { game, open, ended } = options;
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1) {
        throw new Failure(EXIT.usage, "--limit takes a whole number from 1 on.");
      }
      const answer = await session.call("list_channels", {
        limit,
        ...query !== undefined && { query },
        ...game !== undefined && { game },
        ...open && { open },
        ...ended && { ended },
      });
      if (out.json) return out.document(answer);
      for (const channel of answer.channels) showChannel(out, channel);
      if (answer.next_cursor) out.note("There are more: raise --limit, or name a part of one.");
      if (answer.channels.length > 0) return;
      out.note(
        ended
          ? "There is no such channel. Open one: mcpmp create --game GuessBot"
          : "No such channel goes on. --ended lists those that have ended; mcpmp create opens one.",
      );
    });
}

function showChannel(out: Output, channel: Answer): void {
  const { channel_id, name, bots, message_count, free_seats, mine, closed } = channel;
  const facts = [
    ...bots.map((id: string) => id.replace(/^bot_(.+)_\d+$/, "$1")),
    `${message_count} ${message_count === 1 ? "entry" : "entries"}`,
    ...free_seats ? [`${free_seats} free`] : [],
    ...mine ? ["yours"] : [],
    ...closed ? ["closed"] : [],
  ];
  out.line(`${channel_id} `, styled("bold", name));
  out.line("  ", styled("dim", facts.join(", ")));
}

function showGames(out: Output, bots: Answer[]): void {
  for (const { name, summary, players: { min, max }, minutes } of bots) {
    const count = min === max ? `${min}` : `${min} to ${max}`;
    out.line(styled("bold", name), styled("dim", `, ${count} players, about ${minutes} min`));
    out.line(`  ${summary}`);
  }
}
