/** Entries about a bot's hooks. The cause of each one is the entry that called the hook. */
import * as z from "zod";
import { HookName } from "../bot/bot.ts";
import { JsonValue } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { announcement } from "./announcement.ts";
import { BOT_END } from "./names.ts";
import { Seed } from "./bots.ts";
import { AnnouncedExchange } from "../bot/announced_exchange.ts";

const bot_id = z.string();
const CAUSED = { caused: true };
const CONTROL = { kind: "control", caused: true } as const;

/** It may follow the bot's removal or the close of the channel, because the requests have been made
 *  by then. */
export const botEvidence = announcement(
  "bot:evidence",
  "The requests of a hook to the network, and the answers.",
  {
    bot_id,
    hook: HookName,
    exchanges: z.array(AnnouncedExchange).min(1),
  },
  { ...CONTROL, addressed: true, afterClose: true },
);

/** The details that a failure has besides its reason. */
const DETAILS = {
  threw: ["message", "line"],
  killed: ["after_ms"],
  out_of_budget: ["message"],
  out_of_memory: [],
  never_settled: [],
} as const;

export const botFailed = announcement(
  "bot:failed",
  "A hook failed, and had no other effect.",
  {
    bot_id,
    hook: HookName,
    reason: z.enum(["threw", "out_of_budget", "out_of_memory", "never_settled", "killed"]),
    message: z.string().max(1_000).optional(),
    line: z.number().int().min(1).optional(),
    after_ms: z.number().min(0).optional(),
  },
  { ...CONTROL, addressed: true },
  ({ reason, bot_id: _, hook: __, ...details }) =>
    Object.keys(details).every((name) =>
      name === "type" || (DETAILS[reason] as readonly string[]).includes(name)
    ) && (reason !== "threw" || details.message !== undefined) &&
    (reason === "killed") === (details.after_ms !== undefined),
);

/** The same text in every release: a verifier compares it, so a server can't choose its own. */
export function pausedText(kills: number): string {
  return `Its hooks had to be killed ${kills} times in a row. An admin may resume it: ` +
    "update_channel with resume_bot.";
}
export const SPENT_TEXT =
  "Bots have answered each other often enough; they go on when a member posts.";

export const botPaused = announcement(
  "bot:paused",
  "A bot is paused: the server calls no hook of it until an admin resumes it.",
  { bot_id, kills: z.number().int(), text: z.string() },
  CONTROL,
  ({ kills, text }) => kills === CHANNEL_LIMITS.killsBeforePause && text === pausedText(kills),
);

export const budgetSpent = announcement(
  "bot:budget_spent",
  "Bots have answered each other too often: no hook runs for a bot's entry until a member posts.",
  {
    bot_id,
    entries: z.literal(BOT_LIMITS.chainedEntries),
    text: z.literal(SPENT_TEXT),
  },
  CONTROL,
);

export const botEnded = announcement(
  BOT_END,
  "A bot has ended for good: its result and its seed.",
  { bot_id, result: JsonValue, seed: Seed },
  CAUSED,
);

export const timerDue = announcement(
  "bot:timer",
  "A timer comes due; its cause is the entry whose hook set it.",
  {
    bot_id,
    name: z.string().min(1).max(BOT_LIMITS.timerNameChars),
    due: z.iso.datetime(),
  },
  CAUSED,
);
