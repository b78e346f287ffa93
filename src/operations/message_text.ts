/** A message as the text of `sync_messages` has it: with what clients of the original server read,
 *  and without what only checks of the log need. */
import { botAttached, botDescribed } from "../domain/announcements/bots.ts";
import { withoutView } from "../domain/board/text_of.ts";
import { channelCreated } from "../domain/announcements/opening.ts";
import type { Message } from "../domain/channel/visibility.ts";
import type { JsonObject } from "../kernel/json.ts";

/** The message for a model. One that has its hash is left whole: the hash covers all of it. */
export function messageText(message: Message): Record<string, unknown> {
  if (message.hash !== undefined) return message;
  const { id, sender, kind, body, to, withheld } = message;
  return {
    id,
    sender,
    kind,
    body: body && bodyText(sender, body),
    ...to && { to },
    ...withheld && { withheld },
  };
}

function bodyText(sender: string, body: JsonObject): JsonObject {
  const entry = { sender, body };
  if (sender.startsWith("bot:")) return without(withoutView(body), "state_hash");
  if (botAttached.in(entry)) return without(body, "class_name", "engine_parts", "imports");
  // The excerpt is there; get_bot_code has the whole.
  if (botDescribed.in(entry)) return without(body, "manifest");
  if (channelCreated.in(entry)) return without(body, "salts_commit", "addressed_salts_commit");
  return body;
}

function without(object: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
