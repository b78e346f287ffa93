/** The only place that decides which parts of an entry a viewer sees. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";
import { type Entry, OpenFields } from "../transcript/transcript.ts";

/** An entry as a viewer receives it. */
export const Message = OpenFields.extend({
  body: JsonObject.nullable().describe("null if you may not read it."),
  withheld: z.literal(true).optional().describe("Present if you may not read its body."),
  hash: HashText.optional().describe("RFC 6962 leaf hash; present with proof: true."),
});
export type Message = z.infer<typeof Message>;

/** The message of an entry for a player, or for a spectator (null). The sender and the addressees
 *  of an entry see its body; everyone else sees only that it exists and who said it.
 *  Copies fields by name, so that no other stored or exported property of an entry leaks. */
export function messageFor(playerId: string | null, entry: Entry): Message {
  const { id, channel_id, sender, kind, ts, to, cause } = entry;
  const open = { id, channel_id, sender, kind };
  const rest = { ts, ...(to && { to }), ...(cause !== undefined && { cause }) };
  if (!to || sender === playerId || to.some((each) => each === playerId)) {
    return { ...open, body: entry.body, ...rest };
  }
  return { ...open, body: null, ...rest, withheld: true };
}

/** The same with the hash of the entry, for those who check it. */
export function hashedMessageFor(playerId: string | null, entry: Entry): Message {
  return { ...messageFor(playerId, entry), hash: entry.hash };
}
