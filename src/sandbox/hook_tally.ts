/** What the sandbox of this process has done since it was opened, for its operator. No figure
 *  belongs to a player or a bot. */
import type { BotLanguage } from "../domain/bot/bot.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import type { HostLanguage } from "./pool/host.ts";
import type { Service } from "./pool/host_pool.ts";
import type { Durations, SandboxFigures } from "./figures.ts";
import { NO_HOOK } from "./sandbox.ts";

/** Upper bounds of the classes of a histogram, in seconds. The last class has none. */
export const DURATION_BOUNDS_S = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
] as const;

export class HookTally {
  readonly #hooks = new Map<BotLanguage, { outcomes: Counter; durations: Histogram }>();
  readonly #queues = new Map<HostLanguage, { waits: Histogram; kills: number }>();
  readonly #requests = new Counter();

  service(language: HostLanguage, { request, answer, queuedMs, hostMs }: Service): void {
    if (request.kind === "probe") return;
    let queue = this.#queues.get(language);
    if (!queue) this.#queues.set(language, queue = { waits: new Histogram(), kills: 0 });
    queue.waits.add(queuedMs);
    if (answer.kind === "killed") queue.kills++;
    if (request.kind !== "run" || request.job.hook === NO_HOOK) return;
    const { language: bots } = request.job;
    let hooks = this.#hooks.get(bots);
    if (!hooks) {
      this.#hooks.set(bots, hooks = { outcomes: new Counter(), durations: new Histogram() });
    }
    hooks.outcomes.add(answer.kind === "ran" ? answer.outcome.kind : answer.kind);
    hooks.durations.add(hostMs);
  }

  exchange({ answer }: Exchange): void {
    this.#requests.add(answer.kind === "failed" ? answer.reason : "answered");
  }

  get figures(): Omit<SandboxFigures, "pools"> {
    return {
      hooks: [...this.#hooks].map(([language, { outcomes, durations }]) => ({
        language,
        outcomes: outcomes.counts,
        durations: durations.figures,
      })),
      queues: [...this.#queues].map(([language, { waits, kills }]) => ({
        language,
        waits: waits.figures,
        kills,
      })),
      requests: this.#requests.counts,
    };
  }
}

class Counter {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

class Histogram {
  readonly #classes = new Array<number>(DURATION_BOUNDS_S.length + 1).fill(0);
  #count = 0;

  add(ms: number): void {
    const found = DURATION_BOUNDS_S.findIndex((bound) => ms <= bound * 1_000);
    this.#classes[found < 0 ? DURATION_BOUNDS_S.length : found]!++;
    this.#count++;
  }

  get figures(): Durations {
    return { half: this.#within(0.5), most: this.#within(0.95) };
  }

  #within(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    let sum = 0;
    const found = this.#classes.findIndex((count) => (sum += count) >= share * this.#count);
    return DURATION_BOUNDS_S[found] ?? Infinity;
  }
}
