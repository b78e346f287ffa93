/** A channel as a file: everything that its viewer may see of the channel, and everything needed to
 *  verify it without the server. `docs/proofs.md` specifies the format for authors of other
 *  verifiers. */
import * as z from "zod";
import { ModuleSource } from "../bot/bot.ts";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";
import { OpenFields } from "../transcript/transcript.ts";

export const EXPORT_FORMAT = "mcp-multiplayer/export/1";
/** The format for a channel that uses public randomness, where hooks derive their seeds
 *  differently. */
const BEACONED_EXPORT_FORMAT = "mcp-multiplayer/export/2";

export function formatOf(beaconed: boolean): ChannelExport["format"] {
  return beaconed ? BEACONED_EXPORT_FORMAT : EXPORT_FORMAT;
}

/** An entry with its body and the salt that hides the body in the hash, or with the hash of a body
 *  that the viewer may not read. */
export const ExportedEntry = z.strictObject({
  ...OpenFields.shape,
  body: JsonObject.optional(),
  /** 32 bytes, hex; present with the body. */
  salt: z.string().regex(/^[0-9a-f]{64}$/).optional(),
  /** Present instead of the body. */
  body_hash: HashText.optional(),
  hash: HashText,
}).refine(
  ({ body, salt, body_hash }) =>
    (body === undefined) === (salt === undefined) &&
    (body === undefined) !== (body_hash === undefined),
  "must have a body and its salt, or a body_hash",
);
export type ExportedEntry = z.infer<typeof ExportedEntry>;

/** An Ed25519 key of the server, base64, and the period in which the server used it. */
export const PublishedKey = z.object({
  algorithm: z.literal("Ed25519"),
  public_key: z.string(),
  since: z.string(),
  until: z.string().nullable(),
});
export type PublishedKey = z.infer<typeof PublishedKey>;

/** A list that is parsed up to the first invalid item: a hostile file can hold millions of
 *  those. */
function listOf<T extends z.ZodType>(item: T) {
  return z.array(z.unknown()).transform((items, ctx): z.output<T>[] => {
    const read: z.output<T>[] = [];
    for (const [i, value] of items.entries()) {
      const { data, error } = item.safeParse(value);
      if (error) return addIssue(ctx, i, error);
      read.push(data!);
    }
    return read;
  });
}

/** The same for a record. */
function recordOf<T extends z.ZodType>(item: T, name: z.ZodType<string> = z.string()) {
  return JsonObject.transform((items, ctx): Record<string, z.output<T>> => {
    const read: [string, z.output<T>][] = [];
    for (const [key, value] of Object.entries(items)) {
      const { data, error } = item.safeParse(value);
      const wrong = name.safeParse(key).error ?? error;
      if (wrong) return addIssue(ctx, key, wrong);
      read.push([key, data!]);
    }
    return Object.fromEntries(read);
  });
}

function addIssue(ctx: z.RefinementCtx, at: PropertyKey, { issues: [issue] }: z.ZodError): never {
  const { path = [], message = "" } = issue ?? {};
  ctx.addIssue({ code: "custom", path: [at, ...path], message });
  return z.NEVER;
}

export const ChannelExport = z.strictObject({
  format: z.enum([EXPORT_FORMAT, BEACONED_EXPORT_FORMAT]),
  channel_id: z.string(),
  /** The viewer whose view the file is: a player id, or null for a spectator. Only what is withheld
   *  depends on it. */
  viewer: z.string().nullable(),
  /** The cursor of each live bot: the bot has yet to process all later entries. */
  cursors: recordOf(z.number().int()),
  /** The signed tree head of all entries. */
  checkpoint: z.string(),
  keys: listOf(PublishedKey).refine((keys) => keys.length <= 1_000, "must be at most 1000"),
  entries: listOf(ExportedEntry),
  /** Sources of the bots by `code_hash`. */
  sources: recordOf(z.string(), HashText),
  /** Vetted modules that the sources import. */
  modules: listOf(ModuleSource),
  /** Bodies of network requests and answers by `body_hash`, base64. */
  evidence: recordOf(z.string(), HashText),
});
export type ChannelExport = z.infer<typeof ChannelExport>;
