/** A sandbox whose bots get the answers of a file, and reach no network. What a server refuses is
 *  refused here by the same rules. */
import type { BotLanguage, HookJob, HookOutcome, Inspection } from "../../domain/bot/bot.ts";
import type { Exchange, NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { SandboxFigures } from "../../sandbox/figures.ts";
import { NetPolicy, type NetRules } from "../../sandbox/host/net_policy.ts";
import { RedirectChain } from "../../sandbox/host/redirects.ts";
import type {
  BotSource,
  EngineFacts,
  RunContext,
  Sandbox,
  WorkContext,
} from "../../sandbox/sandbox.ts";
import type { CourierResult, CourierTask } from "../../sandbox/wire/courier_task.ts";
import { readRequest } from "../../sandbox/wire/net_request.ts";
import type { Answers } from "./answers.ts";

/** Those of a server as it is by default. */
const RULES: NetRules = { schemes: "https", denied: [], singleLabels: false };

export class AnsweredSandbox implements Sandbox {
  readonly #sandbox: Sandbox;
  readonly #answers: Answers;
  /** How often each request was made. */
  readonly #made = new Map<string, number>();
  /** The requests to which the file has no answer. */
  readonly unanswered = new Set<string>();

  constructor(sandbox: Sandbox, answers: Answers) {
    this.#sandbox = sandbox;
    this.#answers = answers;
  }

  /** A hook whose inputs are the same does the same. So it runs again with one answer more, until
   *  it asks for no further one. */
  async run(job: HookJob, context: RunContext = {}): Promise<HookOutcome> {
    if (context.recorded) return await this.#sandbox.run(job, context);
    const recorded: Exchange[] = [];
    for (;;) {
      const calls: Exchange[] = [];
      const exchanged = (exchange: Exchange) => void calls.push(exchange);
      const outcome = await this.#sandbox.run(job, { ...context, recorded, exchanged });
      const next = calls[recorded.length];
      if (next === undefined || recorded.length === BOT_LIMITS.netRequests) {
        for (const call of calls) context.exchanged?.(call);
        return outcome;
      }
      const { request } = next;
      recorded.push({ request, answer: await this.#answerTo(request, job.net) });
    }
  }

  async #answerTo(request: NetRequest, net: readonly string[]): Promise<NetAnswer> {
    const { fault } = readRequest(request) ?? {};
    const ask = (task: CourierTask) => Promise.resolve(this.#look(task));
    const chain = new RedirectChain(request, new NetPolicy(net, RULES), ask);
    return fault ?? chain.refusal ?? await chain.answer();
  }

  #look(task: CourierTask): CourierResult {
    const key = task.kind === "tls"
      ? `TLS ${task.host}:${task.port}`
      : `${task.method} ${task.url}`;
    const answers = this.#answers.get(key) ?? [];
    const made = this.#made.get(key) ?? 0;
    this.#made.set(key, made + 1);
    const answer = answers[Math.min(made, answers.length - 1)];
    if (answer === undefined) this.unanswered.add(key);
    return answer ?? { kind: "failed", why: "unreachable" };
  }

  async inspect(bot: BotSource, context?: WorkContext): Promise<Inspection> {
    return await this.#sandbox.inspect(bot, context);
  }

  async engine(language: BotLanguage): Promise<EngineFacts | undefined> {
    return await this.#sandbox.engine(language);
  }

  async ready(): Promise<boolean> {
    return await this.#sandbox.ready();
  }

  figures(): SandboxFigures {
    return this.#sandbox.figures();
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
  }
}
