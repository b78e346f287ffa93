/** Served as MCP tool `get_proof` and as `GET /get_proof`. */
import * as z from "zod";
import { LogProof } from "../domain/proof/log_proof.ts";
import { Refusal } from "../kernel/refusal.ts";
import { accessOf, ChannelId, Checkpoint, Next, RejoinToken } from "./fields.ts";
import { BodyHash, Evidence, evidenceIn } from "./get_evidence.ts";
import { operation } from "./operation.ts";

const NEXT = "Check it with `deno task verify` or by docs/proofs.md, and keep the checkpoint.";

export const getProof = operation({
  name: "get_proof",
  title: "Prove log entries and history",
  description:
    "Prove against the signed tree head of a channel that message `id` is in the log, and that the log of an earlier " +
    "receipt (`since`) is its unchanged beginning. With body_hash: read what a bot:evidence message `id` vouches for. " +
    "Other calls return receipts with receipt: true, and sync_messages hashes with proof: true.",
  effects: "reads",
  needs: "reading",
  untrusted: ["evidence"],
  input: z.object({
    channel_id: ChannelId,
    id: z.number().int().positive().optional().meta({
      description: "A message.",
      aka: "msg_id message_id",
    }),
    since: z.number().int().positive().optional()
      .describe("The id of an earlier receipt."),
    body_hash: BodyHash.optional(),
    rejoin_token: RejoinToken,
  }),
  output: LogProof.extend({
    checkpoint: Checkpoint,
    evidence: Evidence.optional().describe("What a bot sent to a web site, or received from one."),
    next: Next,
  }),
  async run(call, input) {
    const { caller, services } = call;
    const { id, since, body_hash } = input;
    if (body_hash !== undefined && id === undefined) {
      throw new Refusal(
        "INVALID_REQUEST",
        "id: pass the id of the message that has this body_hash.",
      );
    }
    const proof = await services.prover.prove(accessOf(caller, input), { id, since });
    const evidence = id !== undefined && body_hash !== undefined
      ? await evidenceIn(call, { ...input, id, body_hash })
      : undefined;
    return { ...proof, ...evidence && { evidence }, next: NEXT };
  },
});
