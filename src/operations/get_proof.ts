/** Served as MCP tool `get_proof` and as `GET /get_proof`. */
import * as z from "zod";
import { HashText } from "../kernel/hash.ts";
import { OpenFields } from "../domain/transcript/transcript.ts";
import { accessOf, ChannelId, Checkpoint, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

const Hashes = z.array(z.string()).describe("Hex hashes in the order of RFC 6962.");

export const getProof = operation({
  name: "get_proof",
  title: "Prove what is in the log",
  description:
    "Proofs about a channel's log against today's signed tree head: that message `id` is in it, and that the log which " +
    "an earlier receipt counted (`since`) is its unchanged beginning. docs/proofs.md says how to check them.",
  effects: "reads",
  input: z.object({
    channel_id: ChannelId,
    id: z.number().int().positive().optional().describe("A message to prove."),
    since: z.number().int().positive().optional()
      .describe("The id of an earlier receipt: how many entries its tree head counts."),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    size: z.number().int(),
    checkpoint: Checkpoint,
    inclusion: z.object({
      entry: OpenFields,
      hash: HashText.describe("RFC 6962 leaf hash."),
      body_hash: HashText.describe("SHA-256 of the salt and the body's canonical JSON."),
      salt: z.string().optional().describe("Hex, for whoever may read the body."),
      proof: Hashes,
    }).optional(),
    consistency: z.object({
      size: z.number().int(),
      root: HashText.describe(
        "The tree head of the first `size` entries: compare it with your receipt.",
      ),
      proof: Hashes,
    }).optional(),
  }),
  async run({ caller, services }, input) {
    const { id, since } = input;
    return { ...await services.prover.prove(accessOf(caller, input), { id, since }) };
  },
});
