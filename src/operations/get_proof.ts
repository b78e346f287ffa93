/** Served as MCP tool `get_proof` and as `GET /get_proof`. */
import * as z from "zod";
import { LogProof } from "../domain/proof/log_proof.ts";
import { accessOf, ChannelId, Checkpoint, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

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
  output: LogProof.extend({ checkpoint: Checkpoint }),
  async run({ caller, services }, input) {
    const { id, since } = input;
    return { ...await services.prover.prove(accessOf(caller, input), { id, since }) };
  },
});
