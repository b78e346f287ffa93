/** Which bots hear addressed entries: those whose manifest says `private: true`. For the others, an
 *  addressed entry calls no hook and changes no draw, so everyone can run their hooks again. */
import type { JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type Entry, isSpectator } from "../transcript/transcript.ts";
import type { Bot } from "./bot.ts";

/** Whether a manifest asks to hear addressed entries. Throws BOT_REJECTED when `private` is neither
 *  true nor false. */
export function declaredPrivate(manifest: JsonObject): boolean {
  const declared = manifest.private ?? false;
  if (typeof declared === "boolean") return declared;
  throw new Refusal(
    "BOT_REJECTED",
    "manifest.private must be true for a bot that has to hear addressed messages; else leave it " +
      "out. Correct it and attach the bot again.",
  );
}

/** Whether a bot keeps to itself what it hears: no other bot that hears addressed entries may ever
 *  be in its channel, from its announcement on. */
export function isConfidential(
  { private: listens, manifest }: { private?: boolean | undefined; manifest: JsonObject },
): boolean {
  return listens === true && manifest.confidential === true;
}

/** Whether an entry exists for a bot. What spectators say exists for none. A bot whose announcement
 *  does not say hears everything else: it was attached before announcements said so. */
export function hears(
  { private: all = true }: Pick<Bot, "private">,
  entry: Pick<Entry, "sender" | "to">,
): boolean {
  return !isSpectator(entry) && (all || !entry.to);
}
