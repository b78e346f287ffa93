/** The network of one host process: it checks the requests of a hook, has a courier perform them,
 *  and reports each exchange. Requests run concurrently, but are answered and reported in the order
 *  of the calls. */
import type { Exchange, NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { type CourierLink, Couriers } from "./courier_link.ts";
import type { CourierResult, CourierTask } from "../wire/courier_task.ts";
import type { Network } from "../wire/net_call.ts";
import { NetPolicy, type NetRules } from "./net_policy.ts";
import { type Failed, failed, NO_ROOM, readRequest, TOO_MANY_CALLS } from "../wire/net_request.ts";
import { RecordedCalls } from "./recorded_calls.ts";
import { RedirectChain } from "./redirects.ts";

/** The operator's settings, which the server passes as JSON in the host's arguments. */
export interface NetworkOptions extends NetRules {
  /** How long a hook may use the network, in milliseconds from its begin. */
  budgetMs: number;
  /** For tests: additional PEM certificates to trust. */
  caCerts: readonly string[];
}

interface NetworkListener {
  /** The hook begins to wait for the network. */
  waiting(): void;
  /** The hook has all pending answers. */
  resumed(): void;
  exchanged(exchange: Exchange): void;
}

const FORGED = failed("refused", "The request is malformed.");
const LATE = failed("timeout", "The hook's time for network requests is over.");

export class HostNetwork implements Network {
  #options: NetworkOptions;
  #listener: NetworkListener;
  #couriers: Couriers;
  #hook: HookCalls | RecordedCalls;

  constructor(options: NetworkOptions, listener: NetworkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#couriers = new Couriers({ caCerts: [...options.caCerts] });
    this.#hook = this.#next([]);
  }

  /** `full`: the channel has no room to record answers, so every request fails. */
  begin(net: readonly string[], { full = false } = {}): void {
    this.#hook.abandon();
    this.#hook = this.#next(net, full);
  }

  /** Begins the replay of a hook: the record answers its calls. */
  replay(recorded: readonly Exchange[]): void {
    this.#hook.abandon();
    this.#hook = new RecordedCalls(recorded, (exchange) => this.#listener.exchanged(exchange));
  }

  /** Answers a call and reports it. Not reported are calls after the first one beyond the limit,
   *  and malformed requests, which no honest guest sends. */
  perform(request: NetRequest): Promise<NetAnswer> {
    return this.#hook.perform(request);
  }

  /** Resolves after every call of the current hook is answered and reported. */
  async settled(): Promise<void> {
    await this.#hook.settled;
  }

  #next(net: readonly string[], full = false): HookCalls {
    const policy = new NetPolicy(net, this.#options);
    const courier = () => this.#couriers.for(policy.permissions);
    return new HookCalls(policy, courier, this.#listener, this.#options.budgetMs, full);
  }
}

/** The calls of one hook. */
class HookCalls {
  settled: Promise<unknown> = Promise.resolve();
  #policy: NetPolicy;
  #makeCourier: () => CourierLink;
  #listener: NetworkListener;
  #courier: CourierLink | undefined;
  #closed = false;
  #endsAt: number;
  #full: boolean;
  #late = Promise.withResolvers<Failed>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #calls = 0;
  #open = 0;
  #abandoned = false;

  constructor(
    policy: NetPolicy,
    courier: () => CourierLink,
    listener: NetworkListener,
    budgetMs: number,
    full: boolean,
  ) {
    this.#policy = policy;
    this.#makeCourier = courier;
    this.#listener = listener;
    this.#endsAt = performance.now() + budgetMs;
    this.#full = full;
  }

  perform(value: unknown): Promise<NetAnswer> {
    const read = readRequest(value);
    if (!read) return Promise.resolve(FORGED);
    const { request, fault } = read;
    const call = ++this.#calls;
    const answer = call > BOT_LIMITS.netRequests ? TOO_MANY_CALLS : fault ?? this.#begin(request);
    const reported = Promise.all([answer, this.settled]).then(([answer]) => {
      const reports = call <= BOT_LIMITS.netRequests + 1 && !this.#abandoned;
      if (reports) this.#listener.exchanged({ request, answer });
      return answer;
    });
    this.settled = reported;
    return reported;
  }

  /** Called when the hook no longer waits for its answers. */
  abandon(): void {
    this.#abandoned = true;
    this.#close();
  }

  async #begin(request: NetRequest): Promise<NetAnswer> {
    const chain = new RedirectChain(request, this.#policy, (task) => this.#ask(task));
    const { refusal } = chain;
    if (refusal) return refusal;
    if (this.#full) return NO_ROOM;
    const leftMs = this.#endsAt - performance.now();
    if (leftMs <= 0 || this.#closed) return LATE;
    this.#timer ??= setTimeout(() => this.#close(), leftMs);
    if (this.#open++ === 0) this.#listener.waiting();
    const answer = await Promise.race([chain.answer(), this.#late.promise]);
    if (--this.#open === 0) {
      this.#stopTimer();
      if (!this.#abandoned) this.#listener.resumed();
    }
    return answer;
  }

  async #ask(task: CourierTask): Promise<CourierResult> {
    if (this.#closed) return { kind: "failed", why: "unreachable" };
    this.#courier = this.#makeCourier();
    return await this.#courier.perform(task);
  }

  /** Fails all pending and all later calls. */
  #close(): void {
    this.#closed = true;
    this.#late.resolve(LATE);
    if (this.#open > 0) this.#courier?.terminate();
    this.#stopTimer();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
