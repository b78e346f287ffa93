/** `mcpmp watch`: a channel as it goes on, with its board as text, until Ctrl+C or its end. */
import type { Command } from "commander";
import { BOT_END } from "../../domain/announcements/names.ts";
import { boardAfter, EMPTY_BOARD } from "../../domain/board/board.ts";
import type { Names } from "../../domain/board/named.ts";
import { namesOf, withFormer } from "../../web/channel/parts/names.ts";
import { textOf } from "../../domain/board/text_of.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import { patiently } from "../session/patience.ts";
import type { Answer, Session } from "../session/session.ts";
import { waitMs } from "../session/values.ts";
import { showBoard } from "./shown/called.ts";
import { showMessage } from "./shown/message.ts";

interface Options {
  after?: string;
  once?: boolean;
  untilOver?: boolean;
}

type Follow = "once" | "until over" | "until closed";

export function addWatch(program: Command): void {
  program.command("watch")
    .description("follow a channel: its messages and its board, until Ctrl+C")
    .argument("[channel]", "the channel; the last one that you used if absent")
    .option("--after <id>", "only what comes after this entry")
    .option("--once", "print what is there, and end")
    .option("--until-over", "end when the game is over")
    .action(async (channel: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const access = await session.channel(channel);
      const cursor = Number(options.after ?? 0);
      if (!Number.isInteger(cursor) || cursor < 0) {
        throw new Failure(EXIT.usage, "--after takes the number of an entry.");
      }
      // What was printed stands: whoever ends it has seen enough.
      Deno.addSignalListener("SIGINT", () => Deno.exit(EXIT.ok));
      const { view, bots } = await session.call("get_channel_info", access);
      const how = options.once ? "once" : options.untilOver ? "until over" : "until closed";
      await follow(out, session, access, { cursor, view, how, isOver: haveEnded(bots) });
    });
}

async function follow(
  out: Output,
  session: Session,
  access: { channel_id: string },
  start: { cursor: number; view: Answer; how: Follow; isOver: boolean },
): Promise<void> {
  const { how } = start;
  let { cursor, view, isOver } = start;
  let board = EMPTY_BOARD;
  let names: Names = {};
  let shown = "";
  if (!out.json) out.line(styled("bold", view.name), ` ${access.channel_id}`);
  for (;;) {
    // Nothing more is to come.
    const isLast = how === "once" || how === "until over" && isOver;
    const timeout_ms = isLast ? 0 : waitMs("25");
    const read = await patiently(
      out,
      () =>
        session.call("sync_messages", { ...access, cursor, timeout_ms }, { waitMs: timeout_ms }),
    );
    view = read.view ?? view;
    names = withFormer({ ...names, ...namesOf(view.slots) }, read.messages);
    for (const message of read.messages) {
      board = boardAfter(board, message);
      if (out.json) out.jsonLine(message);
      else showMessage(out, message, names);
    }
    cursor = read.cursor;
    // Between two pages of the past, a board would be out of date at once.
    if (read.more) continue;
    const text = board.bot === null ? "" : textOf(board.view);
    if (!out.json && text !== shown) showBoard(out, text, names);
    shown = text;
    if (isLast || view.closed) return;
    if (!read.messages.some(({ body }: Answer) => body?.type === BOT_END)) continue;
    isOver = haveEnded((await patiently(out, () => session.call("get_channel_info", access))).bots);
  }
}

/** Whether the game is over: no bot of the channel goes on. */
function haveEnded(bots: Answer[]): boolean {
  return bots.length > 0 && bots.every(({ ended }) => ended);
}
