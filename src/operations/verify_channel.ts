/** Served as MCP tool `verify_channel` and as `POST /verify_channel`. */
import * as z from "zod";
import { type CheckName, CHECKS, reportText } from "../verify/report.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

/** The server is given no proofs to check. */
const AUDITED: CheckName[] = CHECKS.filter((name) => name !== "proof");

export const verifyChannel = operation({
  name: "verify_channel",
  title: "Verify the channel",
  description:
    "Verify a channel's whole log as far as you may see it, and run every hook of its bots again. It is the " +
    "server's own word: when it matters, call export_channel and verify that yourself.",
  effects: "reads",
  needs: "reading",
  takesLong: true,
  input: z.object({
    channel_id: ChannelId,
    receipts: z.array(z.string().max(2_000)).max(20).default([])
      .describe("Checkpoints of receipts that you kept."),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    ok: z.boolean().describe("Whether no check failed."),
    channel_id: z.string().describe("chn_..."),
    entries: z.number().int().describe("How many messages were checked."),
    hooks: z.object({
      replayed: z.number().int().describe("How many hooks were run again."),
      unknown: z.number().int().describe("How many could not be."),
    }).describe("The hooks of the channel's bots."),
    checks: z.array(z.object({
      check: z.enum(AUDITED).describe("Its name, as docs/proofs.md explains it."),
      verdict: z.enum(["passed", "failed", "unknown"]).describe("How it went."),
      id: z.number().int().optional().describe("The first wrong entry."),
      text: z.string().describe("The same in words."),
    })).describe("One of each kind."),
    report: z.string().describe("The same report as text for a person."),
    next: Next,
  }),
  short: ({ ok, report, next }) => ({ ok, report, next }),
  async run({ caller, services: { auditor }, signal }, input) {
    const report = await auditor.audit(accessOf(caller, input), input.receipts, signal);
    const next = report.ok
      ? "This is the server's own word: export_channel gives a file that you can verify without it."
      : "Keep your receipts, call export_channel and verify the file yourself: it is your evidence.";
    return { ...report, report: reportText(report), next };
  },
});
