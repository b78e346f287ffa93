/** What the latest hooks of a bot printed and cost, for the admins of its channel. It is no part of
 *  the channel: no entry and no proof has it. */
import * as z from "zod";
import { HookName, HookTrace } from "./bot.ts";

export const HookRecord = HookTrace.partial().extend({
  /** The entry that called the hook. */
  entry: z.number().int(),
  hook: HookName,
  /** `done`, or how it failed. */
  ended: z.string(),
  message: z.string().optional(),
  /** Of the source, counted from 1. */
  line: z.number().int().optional(),
  /** The time of a host, without waits for the network. */
  ms: z.number(),
});
export type HookRecord = z.infer<typeof HookRecord>;

/** The most hooks of a bot, and in all of them at most so many characters of logs. */
const HOOKS = 20;
const LOG_CHARS = 16_384;

/** The latest of a bot's hooks, oldest first: one for each entry, and of those that ran again the
 *  last one. */
export function latestHooks(records: readonly HookRecord[]): HookRecord[] {
  const byEntry = new Map(records.map((record) => [record.entry, record]));
  const latest = [...byEntry.values()].sort((a, b) => a.entry - b.entry).slice(-HOOKS);
  while (latest.length > 1 && charsOf(latest) > LOG_CHARS) latest.shift();
  return latest;
}

function charsOf(records: readonly HookRecord[]): number {
  return records.flatMap(({ log = [] }) => log).reduce((sum, { length }) => sum + length, 0);
}
