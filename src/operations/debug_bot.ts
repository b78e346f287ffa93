/** Served as MCP tool `debug_bot`, which no list has, and as `POST /debug_bot`. */
import * as z from "zod";
import type { OpenedBot } from "../channels/running/bot_debugger.ts";
import { Bot, HookName } from "../domain/bot/bot.ts";
import type { HookRecord } from "../domain/bot/hook_record.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { utf8Length } from "../domain/limits/bounded_json.ts";
import type { DebugOp } from "../domain/referee/operations/all.ts";
import { isPaused } from "../domain/referee/referee.ts";
import { type Json, JsonValue } from "../kernel/json.ts";
import { accessOf, BOT_ID, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

const KEYS = 100;

const Hook = z.object({
  entry: z.number().int().describe("The entry that called it."),
  hook: HookName.describe("Its name."),
  ended: z.string().describe("done, or how it failed."),
  message: z.string().optional().describe("What it threw."),
  line: z.number().int().optional().describe("Of its source, counted from 1."),
  ms: z.number().describe("How long it worked, without waits for the network."),
  fuel: z.number().int().optional().describe("The work that it took; a hook has 300,000,000."),
});

export const debugBot = operation({
  name: "debug_bot",
  title: "Look into a bot",
  unlisted: true,
  description:
    "See what a bot of a channel that you administer printed, its latest hooks, and what its state " +
    "holds. emit_hook calls a hook of it, replace_state sets its state. All members see that you do.",
  effects: "writes",
  needs: "admin",
  refusals: ["BAD_OP", "BOT_NOT_FOUND", "CHANNEL_SEALED"],
  untrusted: ["log", "state", "hooks", "timers"],
  input: z.object({
    channel_id: ChannelId,
    bot_id: z.string().min(1).max(80).meta({ about: BOT_ID, form: "bot", aka: "bot" }),
    tail_logs: z.number().int().min(0).max(CHANNEL_LIMITS.logTail).default(50).meta({
      description: "How many of the last lines it printed.",
      aka: "lines log_lines tail",
    }),
    emit_hook: z.object({
      hook: HookName.describe("Its name."),
      args: z.array(JsonValue).max(CHANNEL_LIMITS.hookArgs).default([])
        .describe("As the server would pass them."),
    }).optional().meta({
      description: "Calls a hook, for example on_timer with the timer's name.",
      examples: [{ hook: "on_timer", args: ["move"] }],
      rare: true,
    }),
    replace_state: z.object({ state: JsonValue.describe("The new state.") }).optional().meta({
      description: "Sets its state.",
      examples: [{ state: { round: 2 } }],
      rare: true,
    }),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    bot_id: Bot.shape.bot_id,
    paused: z.boolean().describe("Whether an admin, or the server after three kills, paused it."),
    ended: Bot.shape.ended,
    cursor: z.number().int().optional().describe("The last entry that it has processed."),
    state: z.object({
      bytes: z.number().int().describe("Of its JSON."),
      keys: z.array(z.object({
        key: z.string().describe("Its name."),
        bytes: z.number().int().describe("Of its value."),
      })).describe("If it is an object; the largest first."),
    }).describe("How large its state is."),
    timers: z.array(z.object({
      name: z.string().describe("As set_timer got it."),
      due: z.string().describe("When it comes due."),
    })).describe("Those that are set."),
    hooks: z.array(Hook).describe("The latest of the last day, oldest first."),
    log: z.array(z.object({
      entry: z.number().int().describe("The entry that called the hook."),
      line: z.string().describe("One line."),
    }))
      .describe("What console and print wrote, oldest first."),
    next: Next,
  }),
  async run({ caller, services }, input) {
    const { bot_id, tail_logs, emit_hook, replace_state } = input;
    const ops: DebugOp[] = [];
    if (replace_state) {
      ops.push({ type: "replace_state", bot_id, state: replace_state.state as Json });
    }
    if (emit_hook) {
      ops.push({ type: "emit_hook", bot_id, hook: emit_hook.hook, args: emit_hook.args as Json[] });
    }
    const opened = await services.debugger.open(accessOf(caller, input), bot_id, ops);
    const { bot, memory, cursor, hooks } = opened;
    const log = hooks.flatMap(({ entry, log = [] }) => log.map((line) => ({ entry, line })));
    return {
      bot_id,
      paused: isPaused(bot),
      ended: bot.ended,
      ...(cursor !== undefined && { cursor }),
      state: measured(memory.state),
      timers: Object.entries(memory.timers).map(([name, due]) => ({
        name,
        due: new Date(due).toISOString(),
      })),
      hooks: hooks.map(hookOf),
      log: tail_logs === 0 ? [] : log.slice(-tail_logs),
      next: ops.length > 0
        ? "Call debug_bot again to see what the bot made of it."
        : nextOf(opened),
    };
  },
});

function nextOf({ channel: { closed, sealed }, bot, hooks }: OpenedBot): string {
  if (closed || bot.ended && sealed) {
    return "Nobody can change the bot here any more: to try a correction, call create_channel with it.";
  }
  if (isPaused(bot)) {
    return "The bot is paused: resume_bot of update_channel lets it go on.";
  }
  if (hooks.length > 0 || bot.ended) {
    return "Correct the source, and attach the bot again: set_bot of update_channel takes its slot.";
  }
  return "No hook of the bot is known from the last day. Post something, then call debug_bot again.";
}

function hookOf(
  { entry, hook, ended, message, line, ms, fuel }: HookRecord,
): z.input<typeof Hook> {
  return {
    entry,
    hook,
    ended,
    ...(message !== undefined && { message }),
    ...(line !== undefined && { line }),
    ms: Math.round(ms * 100) / 100,
    ...(fuel !== undefined && { fuel }),
  };
}

function measured(state: Json) {
  const sizeOf = (value: Json) => utf8Length(JSON.stringify(value));
  const isObject = typeof state === "object" && state !== null && !Array.isArray(state);
  const keys = isObject
    ? Object.entries(state).map(([key, value]) => ({ key, bytes: sizeOf(value) }))
    : [];
  return {
    bytes: sizeOf(state),
    keys: keys.toSorted((a, b) => b.bytes - a.bytes).slice(0, KEYS),
  };
}
