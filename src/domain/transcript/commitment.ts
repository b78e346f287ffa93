/** Commitments: a hash binds a value before it is revealed, for simultaneous moves. A member posts
 *  `{ type: "commit", commit }` and later
 *  `{ type: "reveal", of: <that entry's id>, value, salt }`. */
import * as z from "zod";
import { concatBytes, HashText, hashText, hexToBytes } from "../../kernel/hash.ts";
import { canonicalBytes, type Json, JsonValue } from "../../kernel/json.ts";

/** 32 bytes, hex. Without a salt, anyone could guess a value with few possibilities. */
export const CommitmentSalt = z.string().regex(/^[0-9a-f]{64}$/, {
  error: "must be 64 hex digits",
});

/** SHA-256(salt || canonical JSON of the value). */
export function commitmentTo(value: Json, salt: string): HashText {
  return hashText(concatBytes(hexToBytes(salt), canonicalBytes(value)));
}

const Commit = z.object({ type: z.literal("commit"), commit: HashText });
const Reveal = z.object({
  type: z.literal("reveal"),
  of: z.number().int(),
  value: JsonValue,
  salt: CommitmentSalt,
});

/** The parts of a member's post that commitments use. */
interface Post {
  id: number;
  sender: string;
  body?: unknown;
}

/** Whether a member's reveal matches its commitment; undefined when the post is not a reveal.
 *  `entryAt` finds an entry of the same log by its id. */
export function isTrueReveal(
  post: Post,
  entryAt: (id: number) => Post | undefined,
): boolean | undefined {
  const reveal = Reveal.safeParse(post.body);
  if (!reveal.success) return undefined;
  const { of, value, salt } = reveal.data;
  const committed = of < post.id ? entryAt(of) : undefined;
  const commit = Commit.safeParse(committed?.body);
  return commit.success && committed?.sender === post.sender &&
    commit.data.commit === commitmentTo(value, salt);
}
