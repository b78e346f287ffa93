/** The sandbox as a pool of hosts for each language. */
import {
  type BotLanguage,
  type HookJob,
  type HookOutcome,
  HOOKS,
  type Inspection,
} from "../domain/bot.ts";
import { Refusal } from "../domain/refusal.ts";
import type { HostLanguage } from "./host.ts";
import type { HostPool } from "./host_pool.ts";
import { countExchange, showPools } from "./metrics.ts";
import type { BotSource, EngineFacts, RunContext, Sandbox } from "./sandbox.ts";

/** All looks at sources share their turns: whoever sends many holds up the others' looks, and no hook. */
const INSPECTIONS = Symbol("inspections");

export class PooledSandbox implements Sandbox {
  readonly #pools: ReadonlyMap<HostLanguage, HostPool>;
  readonly #hidePools: () => void;
  readonly #closing: () => Promise<void>;

  /** `closing` ends what else there is. */
  constructor(pools: ReadonlyMap<HostLanguage, HostPool>, closing: () => Promise<void>) {
    this.#pools = pools;
    this.#closing = closing;
    this.#hidePools = showPools(pools);
  }

  async inspect(bot: BotSource): Promise<Inspection> {
    if (bot.language === "python") return await this.#inspect("python", bot);
    const inspection = await this.#inspect("javascript", bot);
    const isPython = bot.language === undefined && inspection.kind === "rejected" &&
      inspection.looks_like === "python" && this.#pools.has("python");
    return isPython ? await this.#inspect("python", { ...bot, language: "python" }) : inspection;
  }

  async run(
    job: HookJob,
    { channelId, exchanged, recorded }: RunContext = {},
  ): Promise<HookOutcome> {
    const pool = this.#pool(hostLanguage(job.language));
    const answer = await pool.ask({ kind: "run", job, recorded }, channelId, {
      exchanged(exchange) {
        if (!recorded) countExchange(exchange);
        exchanged?.(exchange);
      },
    });
    if (answer.kind === "ran") return answer.outcome;
    if (answer.kind === "killed") return answer;
    throw new Error(`Cannot read a hook's outcome from an answer of kind ${answer.kind}`);
  }

  async engine(language: BotLanguage): Promise<EngineFacts | undefined> {
    const answer = await this.#pools.get(hostLanguage(language))?.ask({ kind: "probe" });
    if (answer?.kind !== "probed") return undefined;
    return { engine: answer.engine, parts: answer.engine_parts ?? {} };
  }

  /** Python hosts are started when they are needed: they say nothing of whether the sandbox is well. */
  async ready(): Promise<boolean> {
    const pool = this.#pool("javascript");
    const { idle, busy } = pool.figures;
    if (idle === 0) return busy > 0;
    const answer = await pool.ask({ kind: "probe" });
    return answer.kind === "probed" && answer.open.length === 0;
  }

  async close(): Promise<void> {
    this.#hidePools();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await this.#closing();
  }

  async #inspect(pool: HostLanguage, { source, language, name }: BotSource): Promise<Inspection> {
    const request = { kind: "inspect" as const, source, language, name, hooks: [...HOOKS] };
    const answer = await this.#pool(pool).ask(request, INSPECTIONS);
    if (answer.kind === "inspected") return answer.inspection;
    return { kind: "rejected", message: "Loading the source took too long." };
  }

  #pool(language: HostLanguage): HostPool {
    const pool = this.#pools.get(language);
    if (pool) return pool;
    throw new Refusal(
      "UNAVAILABLE",
      `This server runs no ${language} bots: take another language.`,
    );
  }
}

/** Which hosts run a language: TypeScript is JavaScript once its types are taken off. */
function hostLanguage(language: BotLanguage): HostLanguage {
  return language === "python" ? "python" : "javascript";
}
