/** `mcpmp move`: makes a move in a channel's game. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import type { Answer, Session } from "../session/session.ts";
import { moveValue, waitMs } from "../session/values.ts";
import { showCalled, showVerdict } from "./shown/called.ts";

interface Options {
  channel?: string;
  game?: string;
  to?: string[];
  wait?: string | true;
}

export function addMove(program: Command): void {
  program.command("move")
    .description("make a move, such as: mcpmp move guess 42")
    .argument("<action>", "such as guess")
    .argument("[value]", "a number, a word or a JSON object")
    .option("-c, --channel <id>", "the channel; the last one that you used if absent")
    .option("-g, --game <name>", "the game; that of the channel's referee if absent")
    .option("--to <player...>", "for a private move: who may read it; you alone if absent")
    .option("-w, --wait [seconds]", "wait for your next turn, at most 45 seconds")
    .action(
      async (action: string, value: string | undefined, options: Options, command: Command) => {
        const { out, session } = contextOf(command);
        const access = await session.channel(options.channel);
        const wait_ms = options.wait === undefined ? 0 : waitMs(options.wait);
        const posted = await session.call("make_game_move", {
          ...access,
          game: options.game ?? await gameOf(session, access),
          action,
          ...value !== undefined && { value: moveValue(value) },
          ...options.to && { to: options.to },
          ...wait_ms > 0 && { wait_ms },
        }, { waitMs: wait_ms });
        if (out.json) return out.document(posted);
        const show = wait_ms === 0 ? showVerdict : showCalled;
        await show(out, session, access, posted);
      },
    );
}

/** The game that the referee names with a turn, or in its manifest. */
async function gameOf(session: Session, access: { channel_id: string }): Promise<string> {
  const { game } = await session.call("wait_for_turn", { ...access, timeout_ms: 0 });
  if (typeof game === "string") return game;
  const { bots } = await session.call("get_channel_info", access);
  const games = new Set(bots.flatMap(({ manifest }: Answer) => manifest?.moves?.game ?? []));
  const [only, ...others] = [...games].map(String);
  if (only !== undefined && others.length === 0) return only;
  throw new Failure(
    EXIT.usage,
    games.size === 0
      ? "No referee of this channel names its game: pass --game."
      : `This channel has several games: pass --game with one of ${[...games].join(", ")}.`,
  );
}
