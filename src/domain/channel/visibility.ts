/** The one place that decides what a viewer sees of an entry. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";
import { type Entry, OpenFields } from "../transcript/transcript.ts";

/** An entry as a viewer gets it. */
export const Message = OpenFields.extend({
  body: JsonObject.nullable(),
  withheld: z.literal(true).optional(),
  hash: HashText,
});
export type Message = z.infer<typeof Message>;

/** The message of an entry for a player, or for a spectator (null): an addressed body is for its
 *  sender and its addressees; everyone sees that it exists, who sent it and its hash. Names each
 *  field that it gives: whatever else an entry is stored or exported with stays behind. */
export function messageFor(playerId: string | null, entry: Entry): Message {
  const { id, channel_id, sender, kind, ts, to, cause, hash } = entry;
  const open = { id, channel_id, sender, kind };
  const rest = { ts, ...(to && { to }), ...(cause !== undefined && { cause }) };
  if (!to || sender === playerId || to.some((each) => each === playerId)) {
    return { ...open, body: entry.body, ...rest, hash };
  }
  return { ...open, body: null, ...rest, hash, withheld: true };
}
