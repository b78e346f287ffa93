/** `mcpmp debug`: looks into a bot of a channel that you administer, calls its hooks and sets its
 *  state. All members see that you do. */
import type { Command } from "commander";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Json } from "../../kernel/json.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { onlyBot } from "../session/only_bot.ts";
import { type Output, styled } from "../session/output.ts";
import { patiently } from "../session/patience.ts";
import type { Answer, Session } from "../session/session.ts";
import { jsonValue, waitMs, wholeNumber } from "../session/values.ts";

/** How often a bot is looked at that has not yet read an entry, and for how long. */
const LOOK_MS = 500;
const MOST_LOOKS = 12;
const LINES = wholeNumber(0, CHANNEL_LIMITS.logTail);

interface Options {
  channel?: string;
  logs?: number;
  follow?: boolean;
  emit?: string;
  args?: Json;
  setState?: Json;
}

export function addDebug(program: Command): void {
  program.command("debug")
    .description("look into a bot of your channel: what it prints, its hooks, its state")
    .argument("[bot]", "the id of the bot; the only one if absent")
    .option("-c, --channel <id>", "the channel; the last one that you used if absent")
    .option("-l, --logs <count>", "how many of the last lines that it printed", LINES)
    .option("-f, --follow", "go on until Ctrl+C or its end")
    .option("--emit <hook>", "call a hook, such as on_timer")
    .option("--args <json>", 'the arguments of --emit, such as ["move"]', jsonValue)
    .option("--set-state <json>", "set its state", jsonValue)
    .action(async (bot: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const { emit, args, setState, logs, follow: follows } = options;
      if (args !== undefined && emit === undefined) {
        throw new Failure(EXIT.usage, "--args are those of --emit: name the hook.");
      }
      if (follows) Deno.addSignalListener("SIGINT", () => Deno.exit(EXIT.ok));
      const access = await session.channel(options.channel);
      const look = {
        ...access,
        bot_id: bot ?? await onlyBot(session, access),
        ...logs !== undefined && { tail_logs: logs },
      };
      const inside = await session.call("debug_bot", {
        ...look,
        ...emit !== undefined && { emit_hook: { hook: emit, ...args !== undefined && { args } } },
        ...setState !== undefined && { replace_state: { state: setState } },
      });
      if (follows) return await follow(out, session, { access, look, first: inside });
      if (out.json) return out.document(inside);
      show(out, inside);
      showHooks(out, inside);
      if (emit !== undefined || setState !== undefined) {
        out.note("Done, and all members see it. See what came of it with mcpmp debug.");
      }
    });
}

function show(out: Output, inside: Answer): void {
  const { bot_id, paused, ended, state, timers } = inside;
  const how = ended ? "has ended" : paused ? "is paused" : "runs";
  out.line(styled("bold", bot_id), ` ${how}.`);
  const keys = state.keys.map(({ key, bytes }: Answer) => `${key} ${bytes}`);
  out.line(`State, in bytes: ${state.bytes}${keys.length > 0 ? ` (${keys.join(", ")})` : ""}`);
  for (const { name, due } of timers) out.line(`Timer ${name}: ${due}`);
}

/** Shows the hooks that entries after that one called, each with what it printed. Returns the last
 *  of these entries. */
function showHooks(out: Output, { hooks, log }: Answer, after = 0): number {
  const news = hooks.filter(({ entry }: Answer) => entry > after);
  for (const hook of news) {
    const lines = log.filter(({ entry }: Answer) => entry === hook.entry)
      .map(({ line }: Answer) => line);
    if (out.json) out.jsonLine({ ...hook, log: lines });
    else showHook(out, hook, lines);
  }
  return news.at(-1)?.entry ?? after;
}

function showHook(out: Output, hook: Answer, lines: string[]): void {
  const { entry, hook: name, ended, line, message, ms, fuel } = hook;
  const at = line === undefined ? "" : ` at line ${line}`;
  const why = message === undefined ? "" : `: ${message}`;
  const cost = ` ${ms} ms${fuel === undefined ? "" : `, ${fuel} fuel`}`;
  out.line(
    ...[styled("dim", `${entry} `), name],
    ended === "done" ? "" : styled("red", ` ${ended}${at}${why}`),
    styled("dim", cost),
  );
  for (const each of lines) out.line(`  ${each}`);
}

/** Shows each hook once it has run, until the bot or the channel ends. */
async function follow(
  out: Output,
  session: Session,
  { access, look, first }: { access: { channel_id: string }; look: object; first: Answer },
): Promise<void> {
  if (!out.json) show(out, first);
  let shown = showHooks(out, first);
  let cursor = first.cursor ?? 0;
  const timeout_ms = waitMs("25");
  for (let isOver = first.ended; !isOver;) {
    const read = await patiently(
      out,
      () =>
        session.call("sync_messages", { ...access, cursor, timeout_ms }, { waitMs: timeout_ms }),
    );
    cursor = read.cursor;
    isOver = read.view?.closed === true;
    for (let looks = 0, rests = false; !rests && looks < MOST_LOOKS; looks++) {
      if (looks > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const inside = await patiently(out, () => session.call("debug_bot", look));
      shown = showHooks(out, inside, shown);
      isOver ||= inside.ended;
      rests = isOver || inside.paused || (inside.cursor ?? cursor) >= cursor;
    }
  }
  out.note("The bot or its channel has ended.");
}
