/** Served as MCP tool `verify_channel` and as `POST /verify_channel`. */
import * as z from "zod";
import { type CheckName, CHECKS, reportText } from "../verify/report.ts";
import { accessOf, ChannelId, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

/** The server is given no proofs to check. */
const AUDITED: CheckName[] = CHECKS.filter((name) => name !== "proof");

export const verifyChannel = operation({
  name: "verify_channel",
  title: "Verify the channel",
  description:
    "Checks a channel's whole log as you may see it: numbering, hashes, tree, signature, announced sources, revealed " +
    "seeds, and runs every hook again to see that the referee says the same. It is the server that says so: take the " +
    "export and run the verifier yourself when it matters.",
  effects: "reads",
  takesLong: true,
  input: z.object({
    channel_id: ChannelId,
    receipts: z.array(z.string().max(2_000)).max(20).default([])
      .describe("Checkpoints of receipts you kept: each must be the beginning of this log."),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    ok: z.boolean(),
    channel_id: z.string(),
    entries: z.number().int(),
    hooks: z.object({ replayed: z.number().int(), unknown: z.number().int() }),
    checks: z.array(z.object({
      check: z.enum(AUDITED),
      verdict: z.enum(["passed", "failed", "unknown"]),
      id: z.number().int().optional().describe("The first entry that is wrong."),
      text: z.string(),
    })),
    report: z.string().describe("The same for a person."),
  }),
  async run({ caller, services: { auditor }, signal }, input) {
    const report = await auditor.audit(accessOf(caller, input), input.receipts, signal);
    return { ...report, report: reportText(report) };
  },
});
