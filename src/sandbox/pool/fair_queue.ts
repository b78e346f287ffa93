/** A fair queue: round robin over principals, then over the channels of a principal; requests for
 *  one channel stay in order. A principal that occupies as many hosts as it may is skipped, so that
 *  no number of channels lets it take all hosts. The queues are arrays: an operation takes less
 *  than a microsecond with a thousand waiting requests, and less than ten with a hundred
 *  thousand. */

/** All are at least 1. */
export interface FairLimits {
  /** The most hosts that one principal may hold, including those whose hooks wait for the
   *  network. */
  held: number;
  /** The most waiting requests in all, and of one principal. */
  waiting: number;
  waitingPerPrincipal: number;
}

/** For whom a request is: the principal that pays for it, and the channel within the principal's
 *  share. */
export interface FairKey {
  principal: string;
  channelId?: string | undefined;
}

/** Counts the busy hosts of each principal, over all queues that have these shares in common. */
export class Shares {
  /** The most hosts that one principal may keep busy; at least 1. */
  readonly most: number;
  readonly #shares = new Map<string, Share>();
  #excess = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** The busy hosts of all principals beyond `most`. They occur when hooks return to work after
   *  waiting for the network. */
  get excess(): number {
    return this.#excess;
  }

  /** A principal's share. The party must call `leave` when it no longer needs it. */
  join(principal: string, party: Watcher): Share {
    const share = this.#shares.get(principal) ?? { principal, busy: 0, parties: new Set() };
    this.#shares.set(principal, share);
    share.parties.add(party);
    return share;
  }

  leave(share: Share, party: Watcher): void {
    share.parties.delete(party);
    if (share.parties.size === 0) this.#shares.delete(share.principal);
  }

  add(share: Share, busy: 1 | -1): void {
    this.#excess -= this.#excessOf(share);
    share.busy += busy;
    this.#excess += this.#excessOf(share);
    for (const party of share.parties) party.changed();
  }

  #excessOf({ busy }: Share): number {
    return Math.max(0, busy - this.most);
  }
}

interface Watcher {
  changed(): void;
}

interface Share {
  readonly principal: string;
  busy: number;
  readonly parties: Set<Watcher>;
}

/** A place in the queue. */
export interface Place {
  /** Gives the place up. Has no effect after its turn has come. */
  leave(): void;
}

export class FairQueue<Turn> {
  readonly #limits: FairLimits;
  readonly #shares: Shares;
  readonly #parties = new Map<string, Party<Turn>>();
  /** The parties with a demand, in the order of their turns. */
  readonly #ready: Party<Turn>[] = [];
  #length = 0;
  #demand = 0;
  #strangers = 0;

  constructor(limits: FairLimits, shares: Shares) {
    this.#limits = limits;
    this.#shares = shares;
  }

  /** The number of waiting requests. */
  get length(): number {
    return this.#length;
  }

  /** The number of waiting requests that could have a host now, if enough were idle. */
  get demand(): number {
    return this.#demand;
  }

  /** The number of waiting requests of one principal. */
  waitingOf(principal: string): number {
    return this.#parties.get(principal)?.waiting ?? 0;
  }

  /** Takes a host at once, ahead of the queue; undefined if the principal already holds as many as
   *  it may. A request without a key counts as a separate principal. */
  hold(key: FairKey | undefined): Hold | undefined {
    const party = this.#partyOf(key);
    if (this.#room(party) > 0) return new Hold(party, this.#shares);
    party.changed();
    return undefined;
  }

  /** Joins the queue; undefined if too many requests wait, of this principal or in all. */
  wait(key: FairKey | undefined, turn: Turn): Place | undefined {
    const party = this.#partyOf(key);
    const { waiting, waitingPerPrincipal } = this.#limits;
    const isFull = this.#length >= waiting || party.waiting >= waitingPerPrincipal;
    const place = isFull ? undefined : party.push(key?.channelId, turn);
    if (place) this.#length++;
    party.changed();
    return place && {
      leave: () => {
        if (!party.remove(place)) return;
        this.#length--;
        party.changed();
      },
    };
  }

  /** The next request that may have a host, and its hold; undefined if there is none. */
  next(): { turn: Turn; hold: Hold } | undefined {
    const party = this.#ready.shift();
    if (!party) return undefined;
    party.isReady = false;
    this.#length--;
    return { turn: party.shift()!, hold: new Hold(party, this.#shares) };
  }

  /** Sets whether a principal is skipped. */
  setPaused(principal: string, isPaused: boolean): void {
    const party = this.#partyOf({ principal });
    party.isPaused = isPaused;
    party.changed();
  }

  /** Empties the queue and returns the waiting requests. */
  clear(): Turn[] {
    const turns: Turn[] = [];
    for (const party of this.#parties.values()) {
      for (let turn = party.shift(); turn; turn = party.shift()) turns.push(turn);
      party.changed();
    }
    this.#length = 0;
    return turns;
  }

  #partyOf(key: FairKey | undefined): Party<Turn> {
    // No principal's name begins with this character. The party is removed once it neither waits
    // nor holds a host.
    const principal = key?.principal ?? `\0${this.#strangers++}`;
    const known = this.#parties.get(principal);
    if (known) return known;
    const party: Party<Turn> = new Party(() => this.#update(party, principal));
    party.share = this.#shares.join(principal, party);
    this.#parties.set(principal, party);
    return party;
  }

  #room({ share, held, isPaused }: Party<Turn>): number {
    return isPaused ? 0 : Math.min(this.#shares.most - share.busy, this.#limits.held - held);
  }

  #update(party: Party<Turn>, principal: string): void {
    const demand = Math.max(0, Math.min(party.waiting, this.#room(party)));
    this.#demand += demand - party.demand;
    party.demand = demand;
    if (demand > 0 && !party.isReady) this.#ready.push(party);
    if (demand === 0 && party.isReady) takeOut(this.#ready, party);
    party.isReady = demand > 0;
    if (party.held + party.waiting > 0 || party.isPaused) return;
    this.#parties.delete(principal);
    this.#shares.leave(party.share, party);
  }
}

/** One principal's held hosts and waiting requests in one queue. */
class Party<Turn> {
  share!: Share;
  held = 0;
  waiting = 0;
  demand = 0;
  /** Whether it is in the queue's list of ready parties. */
  isReady = false;
  isPaused = false;
  readonly #lanes = new Map<string | undefined, Lane<Turn>>();
  /** The lanes in the order of their turns. None is empty. */
  readonly #round: Lane<Turn>[] = [];

  constructor(readonly changed: () => void) {}

  push(channelId: string | undefined, turn: Turn): TakenPlace<Turn> {
    let lane = this.#lanes.get(channelId);
    if (!lane) {
      lane = { channelId, line: [] };
      this.#round.push(lane);
      this.#lanes.set(channelId, lane);
    }
    const place = { lane, turn };
    lane.line.push(place);
    this.waiting++;
    return place;
  }

  shift(): Turn | undefined {
    const lane = this.#round.shift();
    if (!lane) return undefined;
    const place = lane.line.shift();
    this.waiting--;
    if (lane.line.length > 0) this.#round.push(lane);
    else this.#lanes.delete(lane.channelId);
    return place?.turn;
  }

  /** False if its turn has come already. */
  remove(place: TakenPlace<Turn>): boolean {
    const { lane } = place;
    if (!takeOut(lane.line, place)) return false;
    this.waiting--;
    if (lane.line.length > 0) return true;
    takeOut(this.#round, lane);
    this.#lanes.delete(lane.channelId);
    return true;
  }
}

/** The waiting requests of one channel. */
interface Lane<Turn> {
  readonly channelId: string | undefined;
  readonly line: TakenPlace<Turn>[];
}

interface TakenPlace<Turn> {
  readonly lane: Lane<Turn>;
  readonly turn: Turn;
}

/** Removes an element; false if it is not in the list. */
function takeOut<T>(line: T[], one: T): boolean {
  const at = line.indexOf(one);
  if (at === -1) return false;
  line.splice(at, 1);
  return true;
}

/** One request's hold of a host. */
export class Hold {
  readonly #party: Party<unknown>;
  readonly #shares: Shares;
  #isAway = false;

  constructor(party: Party<unknown>, shares: Shares) {
    this.#party = party;
    this.#shares = shares;
    party.held++;
    shares.add(party.share, 1);
  }

  /** Call it when the hook begins to wait for the network. */
  goAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#shares.add(this.#party.share, -1);
  }

  /** Call it when the hook works again. */
  comeBack(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#shares.add(this.#party.share, 1);
  }

  /** Call it once. */
  release(): void {
    this.#party.held--;
    if (this.#isAway) this.#party.changed();
    else this.#shares.add(this.#party.share, -1);
  }
}
