/** Which channels may be rated. In such a channel everybody plays by the same rules: those of one
 *  bot of a ladder, with the parameters that it has by default. */
import type { BotDef } from "../bot/bot.ts";
import { paramsOf } from "../bot/params.ts";
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { RATING_LIMITS } from "../limits/rating.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { NewBot } from "../referee/referee.ts";
import type { Ladders } from "./ladders.ts";

/** The parameters that players may choose: how many they are, in which order, and their time. */
const FREE = new Set(["players", "turn_order", "clock", "strikes"]);

interface Wanted {
  sealed: boolean;
  /** How many invite slots it has. */
  seats: number;
  /** What the caller asked for, and what it gets. */
  bots: readonly { def: BotDef; bot: NewBot }[];
}

/** Throws INVALID_REQUEST for a channel that can't be rated. */
export function refuseUnrated({ sealed, seats, bots }: Wanted, ladders: Ladders): void {
  if (!sealed) refuse("Only a sealed channel can be rated: pass sealed: true, or omit rated.");
  const { length } = bots;
  if (length !== 1) refuse(`A rated channel has exactly one bot, and this one has ${length}.`);
  const [{ def, bot }] = bots as [Wanted["bots"][number]];
  if (ladders.of(bot.code_hash) === undefined) {
    const names = ladders.names.join(", ") || "none";
    refuse(`The games of ${bot.name} are not rated here. Ladders: ${names}.`);
  }
  const most = RATING_LIMITS.players;
  if (seats < 2 || seats > most) {
    refuse(`A rated game has 2 to ${most} invite slots, not ${seats}.`);
  }
  if (def.manifest !== undefined || def.env !== undefined || def.env_redacted !== undefined) {
    refuse("The bot of a rated channel takes neither manifest nor env: leave them out.");
  }
  const other = changedIn(bot);
  if (other !== undefined) {
    refuse(
      `A rated game has the default parameters: leave out ${other}. Only ` +
        `${[...FREE].join(", ")} may differ.`,
    );
  }
}

/** Whether a game of a channel counts on a ladder: none does, one may (it waits to be recorded), or
 *  one does. */
export type ChannelResult = "none" | "due" | "recorded";

/** Throws when a channel may not be deleted, because it is the proof of a result. */
export function refuseDeletion(result: ChannelResult): void {
  if (result === "due") {
    const text = "The result of the last game here is being recorded. Try again.";
    throw new Refusal("UNAVAILABLE", text, RATING_LIMITS.retryMs);
  }
  if (result === "none") return;
  throw new Refusal(
    "BAD_OP",
    "A result of this channel counts on a ladder and points here for its proof, so nobody can " +
      'delete the channel. Use {"type":"close"}; leaderboard with opt_out hides you there.',
  );
}

function refuse(text: string): never {
  throw new Refusal("INVALID_REQUEST", text);
}

/** A parameter that differs from its default and may not. */
function changedIn({ manifest, params }: NewBot): string | undefined {
  const usual = usualParams(manifest);
  const names = new Set([...Object.keys(params), ...Object.keys(usual)]);
  return [...names].find((name) =>
    !FREE.has(name) && canonicalText(params[name] ?? null) !== canonicalText(usual[name] ?? null)
  );
}

/** The parameters of a caller who gives none; none of a bot that requires some. */
function usualParams(manifest: JsonObject): JsonObject {
  try {
    return paramsOf(manifest);
  } catch (error) {
    if (error instanceof Refusal) return {};
    throw error;
  }
}
