/** Jobs and a host for the tests of the Python guest. */
import type { HookJob, HookOutcome, Inspection } from "../../src/domain/bot/bot.ts";
import { HOOKS } from "../../src/domain/bot/bot.ts";
import {
  type HostProcessOptions,
  startHostProcess,
} from "../../src/sandbox/launch/host_process.ts";
import type { BotSource } from "../../src/sandbox/sandbox.ts";
import { job } from "./job.ts";

/** A job for a Python class called `Bot`. */
export function pythonJob(source: string, fields: Partial<HookJob> = {}): HookJob {
  return job(source, { language: "python", ...fields });
}

/** A job whose `on_init` is these lines: the first one is line 6 of the source. */
export function pythonInitJob(body: string, fields: Partial<HookJob> = {}): HookJob {
  const lines = body.split("\n").map((line) => `        ${line}\n`).join("");
  return pythonJob(
    `class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params
    def on_init(self):
${lines || "        pass\n"}`,
    fields,
  );
}

/** One Python host without a pool. */
export async function pythonHost(options: Partial<HostProcessOptions> = {}) {
  const host = await startHostProcess({
    language: "python",
    hookTimeoutMs: 30_000,
    denoPath: Deno.execPath(),
    network: { schemes: "off", denied: [] },
    ...options,
  });
  return {
    host,
    async run(job: HookJob): Promise<HookOutcome> {
      const answer = await host.ask({ kind: "run", job });
      if (answer.kind === "ran") return answer.outcome;
      if (answer.kind === "killed") return answer;
      throw new Error(`Cannot read an outcome: ${JSON.stringify(answer)}`);
    },
    async inspect(bot: BotSource): Promise<Inspection> {
      const answer = await host.ask({ kind: "inspect", ...bot, hooks: [...HOOKS] });
      if (answer.kind === "inspected") return answer.inspection;
      throw new Error(`Cannot read an inspection: ${JSON.stringify(answer)}`);
    },
    [Symbol.asyncDispose]: () => host.end(),
  };
}
