/** Takes a channel's export and verifies it, for whoever can't run the verifier themselves: convenient, but it is the
 *  server that says so. */
import { LIMITS } from "../domain/limits.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Caller } from "../domain/seat.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Report } from "../verify/report.ts";
import { verifyExport } from "../verify/verify_export.ts";
import type { Exporter } from "./exporter.ts";
import type { ChannelRegistry } from "./registry.ts";
import { replayerOn } from "./replayer.ts";

export interface AuditorDeps {
  registry: ChannelRegistry;
  exporter: Exporter;
  sandbox: Sandbox;
}

export class Auditor {
  readonly #deps: AuditorDeps;
  /** One at a time: an audit runs every hook of a channel again. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(deps: AuditorDeps) {
    this.#deps = deps;
  }

  /** Verifies a channel as its caller may see it. Refuses channels that are too long for it, and a crowd. */
  async audit(
    caller: Caller,
    channelId: string,
    rejoinHash: string | null,
    receipts: readonly string[],
  ): Promise<Report> {
    const { registry, exporter, sandbox } = this.#deps;
    const { head } = await registry.load(channelId);
    const pieces = await exporter.export(caller, channelId, rejoinHash);
    if (head.size > LIMITS.auditEntries) {
      throw new Refusal(
        "TOO_LARGE",
        `The server verifies up to ${LIMITS.auditEntries} entries. Call export_channel, then verify the file yourself.`,
      );
    }
    if (this.#waiting >= LIMITS.auditsWaiting) {
      throw new Refusal("RATE_LIMIT", "Too many channels are being verified. Try again.", 5_000);
    }
    this.#waiting++;
    const turn = this.#last.then(async () => {
      let text = "";
      for await (const piece of pieces) text += piece;
      const replayer = replayerOn(sandbox, channelId);
      return await verifyExport(JSON.parse(text), { receipts, replayer });
    }).finally(() => this.#waiting--);
    this.#last = turn.catch(() => {});
    return await turn;
  }
}
