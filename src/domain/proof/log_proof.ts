/** The response of `get_proof`: proofs about a channel's log against its signed tree head. Hashes
 *  are hex, in the order of RFC 6962. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { OpenFields } from "../transcript/transcript.ts";

const Hashes = z.array(z.string()).describe("Hex hashes, in the order of RFC 6962.");

export const LogProof = z.object({
  size: z.number().int(),
  checkpoint: z.string(),
  /** Proves that an entry is in the log. */
  inclusion: z.object({
    entry: OpenFields,
    hash: HashText.describe("RFC 6962 leaf hash."),
    body_hash: HashText.describe("SHA-256 of the salt and the body's canonical JSON."),
    salt: z.string().optional().describe("Hex. Present if you may read the body."),
    proof: Hashes,
  }).optional(),
  /** Proves that the log of this size is a prefix of the current log. */
  consistency: z.object({
    size: z.number().int(),
    root: HashText.describe(
      "The tree head of the first `size` entries. Compare it with your receipt.",
    ),
    proof: Hashes,
  }).optional(),
});
export type LogProof = z.infer<typeof LogProof>;
