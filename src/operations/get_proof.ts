/** Served as MCP tool `get_proof` and as `GET /get_proof`. */
import * as z from "zod";
import { LogProof } from "../domain/proof/log_proof.ts";
import { accessOf, ChannelId, Checkpoint, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const getProof = operation({
  name: "get_proof",
  title: "Prove log entries and history",
  description:
    "Get proofs against a channel's current signed tree head: that message `id` is in the log (inclusion), and that the " +
    "log of an earlier receipt (`since`) is its unchanged beginning (consistency). docs/proofs.md explains how to " +
    "check them.",
  effects: "reads",
  input: z.object({
    channel_id: ChannelId,
    id: z.number().int().positive().optional().describe("The id of the message to prove."),
    since: z.number().int().positive().optional()
      .describe("The id of an earlier receipt: the number of entries that its tree head covers."),
    rejoin_token: RejoinToken,
  }),
  output: LogProof.extend({ checkpoint: Checkpoint }),
  async run({ caller, services }, input) {
    const { id, since } = input;
    return { ...await services.prover.prove(accessOf(caller, input), { id, since }) };
  },
});
