/** The response of `get_proof`: proofs about a channel's log against its signed tree head. Hashes
 *  are hex, in the order of RFC 6962. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { OpenFields } from "../transcript/transcript.ts";

const Hashes = z.array(z.string()).describe("Hex hashes, in the order of RFC 6962.");

export const LogProof = z.object({
  size: z.number().int().describe("How many messages the tree head covers."),
  checkpoint: z.string(),
  inclusion: z.object({
    entry: OpenFields.describe("The message without its body."),
    hash: HashText.describe("RFC 6962 leaf hash."),
    body_hash: HashText.describe("SHA-256 of the salt and the body's canonical JSON."),
    salt: z.string().optional().describe("Hex. Present if you may read the body."),
    proof: Hashes,
  }).optional().describe("Proves that message id is in the log."),
  consistency: z.object({
    size: z.number().int().describe("That of since."),
    root: HashText.describe(
      "The tree head of the first `size` entries. Compare it with your receipt.",
    ),
    proof: Hashes,
  }).optional().describe("Proves that the log of since is the beginning of today's."),
});
export type LogProof = z.infer<typeof LogProof>;
