/** Keeps hosts of one language warm and gives each request one of them, in the order of a
 *  `HostQueue`. A host that waits for the network, or is about to be killed, has another one stand
 *  in for it within a bound; what is more than the pool keeps warm ends when it has been idle for
 *  long enough. A host that was killed for a hook is replaced at once, ever later when hosts end by
 *  themselves or fail to start. Time spent waiting for a host is no part of any deadline. */
import { Refusal } from "../../kernel/refusal.ts";
import type { FairKey } from "./fair_queue.ts";
import type { Host, Listener } from "./host.ts";
import { type Held, HostQueue } from "./host_queue.ts";
import { HostStarter } from "./host_starter.ts";
import { IdleHosts } from "./idle_hosts.ts";
import type { Request } from "../wire/protocol.ts";

/** More than the callers of this pool admit at a time, so that none of them is refused for the
 *  others' number. */
const MAX_WAITING = 1_000;
const MAX_WAITING_PER_PRINCIPAL = 64;

export interface HostPoolOptions {
  /** Hosts that are kept ready without requests. */
  warm: number;
  /** Hosts that are at work at the same time, those not counted that another one stands in for. */
  size: number;
  /** Hosts in all. */
  max: number;
  /** Whether a request may wait for the network: all of those together leave `size` hosts to the
   *  others. */
  mayWait?: ((request: Request) => boolean) | undefined;
  /** How long a host that need not be warm stays without work. */
  idleMs: number;
  /** Resolves with a host that is ready to be asked. */
  start: () => Promise<Host>;
  /** When a request has taken so long that its host will probably be killed for it. */
  lateAfterMs: (request: Request) => number;
  /** Called when a host could not be started. */
  failed?: (error: unknown) => void;
  /** Called for every answered request. */
  served?: (service: Service) => void;
}

/** The beneficiary of a request, and its callbacks. */
export interface Asking {
  /** Absent: the request is a principal of its own. */
  key?: FairKey;
  listener?: Listener;
  /** Gives its place in line up when it aborts; work that a host has begun ends by its deadline
   *  alone. */
  signal?: AbortSignal | undefined;
  /** Called with the milliseconds for which a host was at work, without its waits for the
   *  network. */
  worked?: (ms: number) => void;
}

/** One request from its arrival to its answer. */
export interface Service {
  request: Request;
  answer: Awaited<ReturnType<Host["ask"]>>;
  /** How long it waited for a host, and how long that took. */
  queuedMs: number;
  hostMs: number;
}

interface Member {
  readonly host: Host;
  /** Whether it has ended; whether it has answered anyone. */
  gone: boolean;
  proven: boolean;
}

interface Lease {
  readonly member: Member;
  readonly hold: Held;
  /** Whether its hook waits for the network; whether it takes too long. */
  away: boolean;
  late: boolean;
  /** Since when it waits for the network, and how long it has waited before. */
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
  /** Leases that another host may stand in for, and those of them that are late. */
  #absent = 0;
  #late = 0;
  #closed = false;

  /** `first` are hosts that were started already. */
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

  /** Hosts by what they do, and requests that wait for one. */
  get figures(): { idle: number; busy: number; starting: number; waiting: number } {
    const idle = this.#idle.length;
    return {
      idle,
      busy: this.#members.size - idle,
      starting: this.#starter.starting,
      waiting: this.#queue.length,
    };
  }

  /** Throws `Refusal("UNAVAILABLE")` when no host can be had, `Refusal("RATE_LIMIT")` when too many
   *  wait, and `Refusal("TIMEOUT")` when it was given up before its turn. */
  async ask(
    request: Request,
    { key, listener, signal, worked }: Asking = {},
  ): ReturnType<Host["ask"]> {
    const asked = performance.now();
    if (signal?.aborted) throw givenUp();
    const lease = await this.#take(key, this.#options.mayWait?.(request) ?? false, signal);
    if (this.#closed) throw unavailable();
    const begun = performance.now();
    const { lateAfterMs, served } = this.#options;
    const late = setTimeout(() => this.#isLate(lease), lateAfterMs(request));
    const answer = await lease.member.host.ask(request, {
      waiting: () => {
        this.#goesAway(lease);
        listener?.waiting?.();
      },
      resumed: () => this.#comesBack(lease),
      exchanged: (exchange) => listener?.exchanged?.(exchange),
    });
    clearTimeout(late);
    const hostMs = performance.now() - begun;
    if (lease.away) lease.awayMs += performance.now() - lease.awaySince;
    worked?.(hostMs - lease.awayMs);
    if (this.#closed) throw unavailable();
    this.#giveBack(lease, answer.kind === "killed");
    served?.({ request, answer, queuedMs: begun - asked, hostMs });
    return answer;
  }

  /** Ends every host, also those that are just being started. */
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
    const hold = this.#idle.length > 0 ? this.#queue.hold(key, isPatient) : undefined;
    if (hold) {
      const lease = this.#lease(hold);
      if (this.#late > 0) this.#grow();
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
      turn.reject(givenUp());
    };
    signal.addEventListener("abort", leave, { once: true });
    return turn.promise.finally(() => signal.removeEventListener("abort", leave));
  }

  #lease(hold: Held): Lease {
    return { member: this.#idle.pop()!, hold, away: false, late: false, awaySince: 0, awayMs: 0 };
  }

  #goesAway(lease: Lease): void {
    if (lease.away) return;
    if (!lease.late) this.#absent++;
    lease.away = true;
    lease.awaySince = performance.now();
    lease.hold.goAway();
    this.#serve();
  }

  #comesBack(lease: Lease): void {
    if (!lease.away) return;
    if (!lease.late) this.#absent--;
    lease.away = false;
    lease.awayMs += performance.now() - lease.awaySince;
    lease.hold.comeBack();
    this.#grow();
  }

  #isLate(lease: Lease): void {
    if (!lease.away) this.#absent++;
    lease.late = true;
    this.#late++;
    this.#grow();
  }

  #giveBack({ member, hold, away, late }: Lease, killed: boolean): void {
    if (away || late) this.#absent--;
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

  /** Gives idle hosts to the next in line, and starts more where there are not enough. */
  #serve(): void {
    while (this.#idle.length > 0) {
      const next = this.#queue.next();
      if (!next) break;
      next.turn.resolve(this.#lease(next.hold));
    }
    this.#grow();
  }

  #grow(): void {
    while (!this.#closed && !this.#starter.isResting && this.#isShort()) this.#starter.start();
  }

  #isShort(): boolean {
    const { warm, size, max } = this.#options;
    const { starting } = this.#starter;
    const all = this.#members.size + starting;
    if (all >= max || all < warm) return all < max;
    // A late host will not be back: its stand-in must be there before a request waits for it.
    const needed = this.#queue.demand + this.#late;
    const absent = this.#absent + this.#queue.excess;
    return all - absent < size && this.#idle.length + starting < needed;
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

  /** A busy host is replaced when its request has been answered; one that ended while idle did so
   *  by itself. */
  #lost(member: Member): void {
    member.gone = true;
    if (this.#closed || !this.#idle.remove(member)) return;
    this.#members.delete(member);
    this.#starter.rest();
    this.#giveUp();
  }

  /** Refuses the requests in line when there is no host, and none will be there soon. */
  #giveUp(): void {
    if (!this.#isGone()) return;
    for (const turn of this.#queue.clear()) turn.reject(unavailable());
  }

  #isGone(): boolean {
    const { starting, isResting } = this.#starter;
    return this.#closed || (this.#members.size === 0 && starting === 0 && isResting);
  }
}

function givenUp(): Refusal {
  return new Refusal("TIMEOUT", "The call was given up before its turn came. Try again.");
}

function unavailable(): Refusal {
  return new Refusal("UNAVAILABLE", "No sandbox can run bots right now; try again soon.", 1_000);
}
