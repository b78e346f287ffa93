/** Verifies a channel's export on the server, for callers who can't run the verifier themselves.
 *  This is convenient, but they have to trust the server's report. Principals take turns and pay
 *  for replayed hooks. A report lists what was left unchecked when the verification took too long.
 *  A verification that nobody waits for ends at its next hook. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Access } from "../../domain/channel/seat.ts";
import { FairTurns } from "../../sandbox/pool/fair_turns.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Report } from "../../verify/report.ts";
import { verifyExport } from "../../verify/verify_export.ts";
import type { BotsTime } from "../bots_time.ts";
import type { Exporter } from "./exporter.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import { replayerWithin } from "./replayer.ts";

interface AuditorDeps {
  registry: ChannelRegistry;
  exporter: Exporter;
  sandbox: Sandbox;
  time: BotsTime;
}

export class Auditor {
  readonly #deps: AuditorDeps;
  readonly #turns = new FairTurns(
    {
      atOnce: SHARED_WORK.audits,
      perPrincipal: 1,
      waiting: SHARED_WORK.auditsWaiting,
      waitingPerPrincipal: SHARED_WORK.auditsWaitingPerPrincipal,
      waitMs: SHARED_WORK.auditsWaitMs,
    },
    () =>
      new Refusal(
        "RATE_LIMIT",
        "Too many channels are being verified right now. Try again.",
        5_000,
      ),
  );

  constructor(deps: AuditorDeps) {
    this.#deps = deps;
  }

  /** Verifies a channel as its caller may see it. Refuses channels that are too long, requests
   *  beyond the queue's limits, and principals whose budget is spent. Throws `Refusal("TIMEOUT")`
   *  when `signal` aborts. */
  async audit(
    access: Access,
    receipts: readonly string[],
    signal: AbortSignal,
  ): Promise<Report> {
    const { registry, exporter, sandbox, time } = this.#deps;
    const { caller: { principal }, channelId } = access;
    // Check access before waiting, so that strangers are refused at once and learn nothing.
    const pieces = await exporter.export(access);
    const { head } = await registry.load(channelId);
    if (head.size > CHANNEL_LIMITS.auditEntries) {
      throw tooLarge(`${CHANNEL_LIMITS.auditEntries} entries`);
    }
    using _turn = await this.#turns.take(principal, signal);
    time.refuseSpent(principal);
    const file = await textOf(pieces, signal);
    using replayer = replayerWithin(sandbox, {
      key: { principal, channelId },
      signal,
      time,
      hookMs: SHARED_WORK.auditHookMs,
      withinMs: SHARED_WORK.auditMs,
    });
    return await verifyExport(JSON.parse(file), { receipts, replayer });
  }
}

async function textOf(pieces: AsyncGenerator<string>, signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    if (signal.aborted) throw new Refusal("TIMEOUT", "The call was cancelled. Try again.");
    text += piece;
    if (text.length > SHARED_WORK.auditBytes) throw tooLarge(`${SHARED_WORK.auditBytes} bytes`);
  }
  return text;
}

function tooLarge(most: string): Refusal {
  const text =
    `The server verifies channels of up to ${most}. Call export_channel and verify the file ` +
    "yourself.";
  return new Refusal("TOO_LARGE", text);
}
