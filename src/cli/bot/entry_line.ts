/** An entry of a game as its author reads it. */
import { type Entry, SYSTEM } from "../../domain/transcript/transcript.ts";

/** An entry as a line; "" for what says nothing to an author. */
export function entryLine(entry: Entry): string {
  const { id, sender, body } = entry;
  const isOpening = sender === SYSTEM &&
    /^(channel_created|bots_announced|bot:manifest|bot:attach)$/.test(String(body.type));
  if (isOpening) return "";
  return `${id} ${sender.startsWith("bot:") ? "bot" : sender}${entryWords(entry)}`;
}

/** Who may read it and what it says, without what the server adds for a verifier. */
export function entryWords({ body, to }: Entry): string {
  const { view: _, bot_id: __, state_version: ___, state_hash: ____, ...rest } = body;
  return `${to ? ` (to ${to.join(", ")})` : ""}: ${JSON.stringify(rest)}`;
}
