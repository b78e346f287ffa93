/** Tickets for downloading an export without a token, so that a person can pass the link to a
 *  verifier. A ticket states whose view of which entries it opens and until when, authenticated by
 *  a MAC: the server stores nothing, and any instance accepts it. */
import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { base64url } from "../../kernel/base64url.ts";
import { keyed, utf8ToBytes } from "../../kernel/hash.ts";

const Ticket = z.object({
  channelId: z.string(),
  /** A player id, or null for a spectator. */
  viewer: z.string().nullable(),
  /** The principal that asked for the export, as `holderOf` names it. */
  holder: z.string(),
  /** The number of entries, and the cursors of bots, at the moment of the offer. */
  size: z.number().int(),
  cursors: z.record(z.string(), z.number().int()),
  expiresMs: z.number(),
});
export type Ticket = z.infer<typeof Ticket>;

/** `key` is 32 secret bytes, the same on every instance. */
export function issueTicket(key: Uint8Array, ticket: Ticket): string {
  const claims = base64url(utf8ToBytes(JSON.stringify(ticket)));
  return `${claims}.${base64url(macOf(key, claims))}`;
}

/** Opens a ticket; null when this server did not issue it, or when it has expired. */
export function openTicket(key: Uint8Array, text: string, now: Date): Ticket | null {
  const [, claims, mac] = /^([\w-]{1,2000})\.([\w-]{43})$/.exec(text) ?? [];
  if (claims === undefined || mac === undefined) return null;
  const given = Uint8Array.fromBase64(mac, { alphabet: "base64url" });
  if (!timingSafeEqual(given, macOf(key, claims))) return null;
  const json = new TextDecoder().decode(Uint8Array.fromBase64(claims, { alphabet: "base64url" }));
  const ticket = Ticket.safeParse(JSON.parse(json)).data;
  return ticket && ticket.expiresMs > now.getTime() ? ticket : null;
}

/** A name for a principal that says nothing to the readers of a ticket. */
export function holderOf(key: Uint8Array, channelId: string, principal: string): string {
  return base64url(keyed(key, `export_holder/${channelId}/${principal}`));
}

function macOf(key: Uint8Array, claims: string): Uint8Array {
  return keyed(key, `export_ticket/${claims}`);
}
