/** A pool of hosts of one kind. It keeps some hosts warm, and assigns a host to each request in the
 *  order of a `HostQueue`. While a host's hook waits for the network, or stalls, another host
 *  stands in for it, up to a maximum; spare hosts are kept idle for that. So a hook of one channel
 *  holds up those of others for `stalledAfterMs` at most. Hosts beyond the warm ones end after some
 *  idle time. A host that was killed for its hook is replaced at once. If hosts end by themselves
 *  or fail to start, replacements are delayed with exponential backoff. The wait for a host does
 *  not count towards any deadline. */
import { Refusal } from "../../kernel/refusal.ts";
import type { FairKey } from "./fair_queue.ts";
import type { Host, Listener } from "./host.ts";
import { type Held, HostQueue } from "./host_queue.ts";
import { HostStarter } from "./host_starter.ts";
import { IdleHosts } from "./idle_hosts.ts";
import type { Request } from "../wire/protocol.ts";

/** More than the callers of this pool admit at the same time, so that no caller is refused because
 *  of others. */
const MAX_WAITING = 1_000;
const MAX_WAITING_PER_PRINCIPAL = 64;

export interface HostPoolOptions {
  /** The number of hosts that are kept ready even without requests. */
  warm: number;
  /** The most hosts at work, without those that another host stands in for. */
  size: number;
  /** The number of hosts that stay idle while others stand in for some; 0 if absent. */
  spare?: number | undefined;
  /** The most hosts in all. */
  max: number;
  /** Whether a request may wait for the network. All such requests together leave `size` hosts to
   *  the others. */
  mayWait?: ((request: Request) => boolean) | undefined;
  /** How long an idle host beyond the warm ones stays. */
  idleMs: number;
  /** Resolves with a host that is ready for requests. */
  start: () => Promise<Host>;
  /** The time after which a hook counts as stalled, so that another host stands in for its own, in
   *  milliseconds. */
  stalledAfterMs: number;
  /** The time after which a request's host will probably be killed, in milliseconds. */
  lateAfterMs: (request: Request) => number;
  /** Called after a host failed to start. */
  failed?: (error: unknown) => void;
  /** Called for every answered request. */
  served?: (service: Service) => void;
}

/** For whom a request is, and its callbacks. */
export interface Asking {
  /** A request without a key counts as a separate principal. */
  key?: FairKey;
  listener?: Listener;
  /** Cancels a waiting request. It has no effect on work that a host has begun. */
  signal?: AbortSignal | undefined;
  /** Called with the milliseconds that a host worked, without waits for the network. */
  worked?: (ms: number) => void;
}

/** One request from its arrival to its answer. */
export interface Service {
  request: Request;
  answer: Awaited<ReturnType<Host["ask"]>>;
  /** How long the request waited for a host, and how long the host took. */
  queuedMs: number;
  hostMs: number;
}

interface Member {
  readonly host: Host;
  /** Whether the host has ended, and whether it has answered a request. */
  gone: boolean;
  proven: boolean;
}

interface Lease {
  readonly member: Member;
  readonly hold: Held;
  /** Whether the hook waits for the network, whether it stalls, and whether its host will probably
   *  be killed. */
  away: boolean;
  stalled: boolean;
  late: boolean;
  /** When the current wait for the network began, and the total of earlier ones. */
  awaySince: number;
  awayMs: number;
}

export class HostPool {
  readonly #options: HostPoolOptions;
  readonly #queue: HostQueue<PromiseWithResolvers<Lease>>;
  readonly #members = new Set<Member>();
  readonly #idle: IdleHosts<Member>;
  readonly #starter: HostStarter;
  readonly #ending = new Set<Promise<void>>();
  /** The leases that another host may stand in for, and those that are late. */
  #absent = 0;
  #late = 0;
  #closed = false;

  /** `first` are hosts that are running already. */
  constructor(options: HostPoolOptions, ...first: Host[]) {
    const { warm, size, max, idleMs } = this.#options = options;
    const busy = Math.max(1, size - 1);
    this.#queue = new HostQueue({
      busy,
      held: Math.max(busy, Math.ceil(max / 2)),
      patient: Math.max(1, max - size),
      waiting: MAX_WAITING,
      waitingPerPrincipal: MAX_WAITING_PER_PRINCIPAL,
    });
    const spare = () => this.#members.size > warm;
    this.#idle = new IdleHosts(idleMs, spare, (member) => this.#end(member));
    this.#starter = new HostStarter({
      start: options.start,
      started: (host) => this.#add(host),
      rested: () => this.#grow(),
      failed: (error) => {
        if (this.#closed) return;
        options.failed?.(error);
        this.#giveUp();
      },
    });
    for (const host of first) this.#add(host);
    this.#grow();
  }

  /** The numbers of hosts by state, and of waiting requests. */
  get figures(): { idle: number; busy: number; starting: number; waiting: number } {
    const idle = this.#idle.length;
    return {
      idle,
      busy: this.#members.size - idle,
      starting: this.#starter.starting,
      waiting: this.#queue.length,
    };
  }

  /** Sends a request to a host. Throws `Refusal("UNAVAILABLE")` if no host is available,
   *  `Refusal("RATE_LIMIT")` if too many requests wait, and `Refusal("TIMEOUT")` if the signal
   *  aborts before its turn. */
  async ask(
    request: Request,
    { key, listener, signal, worked }: Asking = {},
  ): ReturnType<Host["ask"]> {
    const askedAt = performance.now();
    if (signal?.aborted) throw cancelled();
    const lease = await this.#take(key, this.#options.mayWait?.(request) ?? false, signal);
    if (this.#closed) throw unavailable();
    const begunAt = performance.now();
    const { stalledAfterMs, lateAfterMs, served } = this.#options;
    const stalled = setTimeout(() => this.#stalls(lease), stalledAfterMs);
    const late = setTimeout(() => this.#isLate(lease), lateAfterMs(request));
    const answer = await lease.member.host.ask(request, {
      waiting: () => {
        this.#goesAway(lease);
        listener?.waiting?.();
      },
      resumed: () => this.#comesBack(lease),
      exchanged: (exchange) => listener?.exchanged?.(exchange),
    });
    clearTimeout(stalled);
    clearTimeout(late);
    const hostMs = performance.now() - begunAt;
    if (lease.away) lease.awayMs += performance.now() - lease.awaySince;
    worked?.(hostMs - lease.awayMs);
    if (this.#closed) throw unavailable();
    this.#giveBack(lease, answer.kind === "killed");
    served?.({ request, answer, queuedMs: begunAt - askedAt, hostMs });
    return answer;
  }

  /** Ends every host, including those that are starting. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.close();
    this.#giveUp();
    for (const member of this.#members) this.#end(member);
    await this.#starter.close();
    await Promise.all(this.#ending);
  }

  #take(
    key: FairKey | undefined,
    isPatient: boolean,
    signal: AbortSignal | undefined,
  ): Lease | Promise<Lease> {
    if (this.#isGone()) throw unavailable();
    const hold = this.#mayServe() ? this.#queue.hold(key, isPatient) : undefined;
    if (hold) {
      const lease = this.#lease(hold);
      if (this.#absent > 0) this.#grow();
      return lease;
    }
    const turn = Promise.withResolvers<Lease>();
    const place = this.#queue.wait(key, isPatient, turn);
    if (!place) {
      throw new Refusal("RATE_LIMIT", "Too many bots are waiting to run; try again soon.", 1_000);
    }
    this.#grow();
    if (!signal) return turn.promise;
    const leave = () => {
      place.leave();
      turn.reject(cancelled());
    };
    signal.addEventListener("abort", leave, { once: true });
    return turn.promise.finally(() => signal.removeEventListener("abort", leave));
  }

  #lease(hold: Held): Lease {
    const member = this.#idle.pop()!;
    return { member, hold, away: false, stalled: false, late: false, awaySince: 0, awayMs: 0 };
  }

  #goesAway(lease: Lease): void {
    if (lease.away) return;
    if (!lease.stalled) this.#leaves(lease);
    lease.away = true;
    lease.awaySince = performance.now();
    this.#serve();
  }

  #comesBack(lease: Lease): void {
    if (!lease.away) return;
    lease.away = false;
    lease.awayMs += performance.now() - lease.awaySince;
    if (!lease.stalled) {
      this.#absent--;
      lease.hold.comeBack();
    }
    this.#grow();
  }

  #stalls(lease: Lease): void {
    if (lease.stalled) return;
    if (!lease.away) this.#leaves(lease);
    lease.stalled = true;
    this.#serve();
  }

  /** From now on, another host may stand in for that of the lease. */
  #leaves({ hold }: Lease): void {
    this.#absent++;
    hold.goAway();
  }

  #isLate(lease: Lease): void {
    this.#stalls(lease);
    lease.late = true;
    this.#late++;
    this.#grow();
  }

  #giveBack({ member, hold, away, stalled, late }: Lease, killed: boolean): void {
    if (away || stalled) this.#absent--;
    if (late) this.#late--;
    hold.release();
    if (killed || member.gone) this.#end(member);
    else {
      if (!member.proven) this.#starter.succeeded();
      member.proven = true;
      this.#idle.push(member);
    }
    this.#serve();
  }

  /** Assigns idle hosts to waiting requests, and starts more if there are not enough. */
  #serve(): void {
    while (this.#mayServe()) {
      const next = this.#queue.next();
      if (!next) break;
      next.turn.resolve(this.#lease(next.hold));
    }
    this.#grow();
  }

  /** Whether a host is idle and one more may be at work. */
  #mayServe(): boolean {
    const atWork = this.#members.size - this.#idle.length - this.#standIns;
    return this.#idle.length > 0 && atWork < this.#options.size;
  }

  /** How many hosts there may be beyond `size`. */
  get #standIns(): number {
    return this.#absent + this.#queue.excess;
  }

  #grow(): void {
    while (!this.#closed && !this.#starter.isResting && this.#isShort()) this.#starter.start();
  }

  #isShort(): boolean {
    const { warm, size, spare = 0, max } = this.#options;
    const { starting } = this.#starter;
    const all = this.#members.size + starting;
    if (all >= max || all < warm) return all < max;
    // A late host will probably be killed: start its replacement before a request waits for it.
    const kept = this.#absent > 0 ? spare : 0;
    const needed = this.#queue.demand + this.#late + kept;
    return all - this.#standIns < size + kept && this.#idle.length + starting < needed;
  }

  #add(host: Host): void {
    const member: Member = { host, gone: false, proven: false };
    this.#members.add(member);
    if (this.#closed) return this.#end(member);
    host.ended.then(() => this.#lost(member));
    this.#idle.push(member);
    this.#serve();
  }

  #end(member: Member): void {
    this.#members.delete(member);
    const ended = member.host.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** Handles the end of a host. A busy one is replaced after its request was answered. An idle one
   *  ended by itself, so its replacement is delayed. */
  #lost(member: Member): void {
    member.gone = true;
    if (this.#closed || !this.#idle.remove(member)) return;
    this.#members.delete(member);
    this.#starter.rest();
    this.#giveUp();
  }

  /** Refuses all waiting requests if there is no host and none will be available soon. */
  #giveUp(): void {
    if (!this.#isGone()) return;
    for (const turn of this.#queue.clear()) turn.reject(unavailable());
  }

  #isGone(): boolean {
    const { starting, isResting } = this.#starter;
    return this.#closed || (this.#members.size === 0 && starting === 0 && isResting);
  }
}

function cancelled(): Refusal {
  return new Refusal("TIMEOUT", "The call was cancelled before its turn came. Try again.");
}

function unavailable(): Refusal {
  return new Refusal("UNAVAILABLE", "No sandbox can run bots right now; try again soon.", 1_000);
}
