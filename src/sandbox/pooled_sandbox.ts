/** The sandbox as one pool of hosts for each kind of host. */
import {
  type BotLanguage,
  type HookJob,
  type HookOutcome,
  HOOKS,
  type Inspection,
  type ModuleSource,
} from "../domain/bot/bot.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import { Refusal } from "../kernel/refusal.ts";
import { ownSource, vettedSources } from "./guest/javascript/vetted_sources.ts";
import { fencedLanguage, hasFence, plainSource } from "./plain_source.ts";
import type { SandboxFigures } from "./figures.ts";
import type { HookTally } from "./hook_tally.ts";
import type { HostLanguage } from "./pool/host.ts";
import type { HostPool } from "./pool/host_pool.ts";
import { countExchange, showPools } from "./metrics.ts";
import type { BotSource, EngineFacts, RunContext, Sandbox, WorkContext } from "./sandbox.ts";

export class PooledSandbox implements Sandbox {
  readonly #pools: ReadonlyMap<HostLanguage, HostPool>;
  readonly #tally: HookTally;
  readonly #hidePools: () => void;
  readonly #closing: () => Promise<void>;
  /** A cache: an engine does not change while the server runs. */
  readonly #engines = new Map<HostLanguage, EngineFacts>();

  /** `closing` runs last in `close` and releases further resources. */
  constructor(
    pools: ReadonlyMap<HostLanguage, HostPool>,
    tally: HookTally,
    closing: () => Promise<void>,
  ) {
    this.#pools = pools;
    this.#tally = tally;
    this.#closing = closing;
    this.#hidePools = showPools(pools);
  }

  async inspect(given: BotSource, context: WorkContext = {}): Promise<Inspection> {
    const language = given.language ?? fencedLanguage(given.source);
    const modules = await notOwn(given.modules);
    const bot = { ...given, language, source: plainSource(given.source), modules };
    const inspection = await this.#inspectAny(bot, context);
    if (inspection.kind === "accepted" || !hasFence(bot.source)) return inspection;
    const hint = "Take off the Markdown fence (```) and the words around it.";
    return { ...inspection, message: `${inspection.message} ${hint}` };
  }

  async #inspectAny(bot: BotSource, context: WorkContext): Promise<Inspection> {
    if (bot.language === "python") return await this.#inspect("python", bot, context);
    const inspection = await this.#inspect("javascript", bot, context);
    const isPython = bot.language === undefined && inspection.kind === "rejected" &&
      inspection.looks_like === "python" && this.#pools.has("python");
    if (!isPython) return inspection;
    return await this.#inspect("python", { ...bot, language: "python" }, context);
  }

  async run(
    given: HookJob,
    { exchanged, traced, mayAsk, recorded, ...work }: RunContext = {},
  ): Promise<HookOutcome> {
    const { modules, ...rest } = given;
    const brought = await notOwn(modules);
    const job = {
      ...rest,
      source: plainSource(given.source),
      ...(brought && { modules: brought }),
    };
    const pool = this.#pool(hostLanguage(job.language));
    const listener = {
      exchanged: (exchange: Exchange) => {
        if (!recorded) countExchange(exchange);
        if (!recorded) this.#tally.exchange(exchange);
        exchanged?.(exchange);
      },
    };
    const answer = await pool.ask({ kind: "run", job, mayAsk, recorded }, { ...work, listener });
    if (answer.kind === "ran") {
      traced?.(answer.trace);
      return answer.outcome;
    }
    if (answer.kind === "killed") return answer;
    throw new Error(`Cannot read a hook's outcome from an answer of kind ${answer.kind}`);
  }

  async engine(language: BotLanguage): Promise<EngineFacts | undefined> {
    const pool = hostLanguage(language);
    const known = this.#engines.get(pool);
    if (known) return known;
    const answer = await this.#pools.get(pool)?.ask({ kind: "probe" });
    if (answer?.kind !== "probed") return undefined;
    const modules = pool === "javascript" ? await vettedSources() : [];
    const facts = {
      engine: answer.engine,
      parts: answer.engine_parts ?? {},
      modules: modules.map(({ source: _, ...module }) => module),
    };
    this.#engines.set(pool, facts);
    return facts;
  }

  /** Only JavaScript hosts count. Python hosts start on demand, so having none is no fault. */
  async ready(): Promise<boolean> {
    const pool = this.#pool("javascript");
    const { idle, busy } = pool.figures;
    if (idle === 0) return busy > 0;
    const answer = await pool.ask({ kind: "probe" });
    return answer.kind === "probed" && answer.open.length === 0;
  }

  figures(): SandboxFigures {
    const pools = [...this.#pools].map(([language, { figures }]) => ({ language, ...figures }));
    return { pools, ...this.#tally.figures };
  }

  async close(): Promise<void> {
    this.#hidePools();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await this.#closing();
  }

  async #inspect(
    pool: HostLanguage,
    { source, language, name, modules, again }: BotSource,
    context: WorkContext,
  ): Promise<Inspection> {
    const hooks = [...HOOKS];
    const request = { kind: "inspect" as const, source, language, name, modules, again, hooks };
    const answer = await this.#pool(pool).ask(request, context);
    if (answer.kind === "inspected") return answer.inspection;
    return { kind: "rejected", message: "Loading the source took too long." };
  }

  #pool(language: HostLanguage): HostPool {
    const pool = this.#pools.get(language);
    if (pool) return pool;
    throw new Refusal(
      "UNAVAILABLE",
      `This server runs no ${language} bots. Use another language.`,
    );
  }
}

/** The modules that a host does not have, because they are of another release; undefined if there
 *  is none. */
async function notOwn(
  modules: readonly ModuleSource[] | undefined,
): Promise<ModuleSource[] | undefined> {
  if (!modules) return undefined;
  const own = await Promise.all(modules.map(ownSource));
  const others = modules.filter((_, i) => own[i] === undefined);
  return others.length > 0 ? others : undefined;
}

/** The kind of host for a language. JavaScript hosts also run TypeScript, after stripping its
 *  types. */
function hostLanguage(language: BotLanguage): HostLanguage {
  return language === "python" ? "python" : "javascript";
}
