/** Decides whose turn it is. Principals take turns, then the channels of each, and requests for one
 *  channel stay in line. A principal that keeps as many hosts busy as it may is passed over, so
 *  that no number of channels takes them all. Lines are arrays: an operation takes less than a
 *  microsecond where a thousand wait, and less than ten where a hundred thousand do. */

/** All are at least 1. */
export interface FairLimits {
  /** Hosts that one principal may hold, those whose hooks wait for the network included. */
  held: number;
  /** Requests that may wait in all, and of one principal. */
  waiting: number;
  waitingPerPrincipal: number;
}

/** The beneficiary of a request: the principal that pays for it, and within its share the
 *  channel. */
export interface FairKey {
  principal: string;
  channelId?: string | undefined;
}

/** How many hosts each principal keeps busy, in all the queues that are given the same shares. */
export class Shares {
  /** Hosts that one principal may keep busy; at least 1. */
  readonly most: number;
  readonly #shares = new Map<string, Share>();
  #excess = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Hosts that principals keep busy beyond what they may: their hooks waited for the network and
   *  came back. */
  get excess(): number {
    return this.#excess;
  }

  /** A principal's share, to be let go by `leave` as soon as the party has nothing to do with it
   *  any more. */
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

/** A place in line. */
export interface Place {
  /** Gives the place up; nothing happens when its turn has come already. */
  leave(): void;
}

export class FairQueue<Turn> {
  readonly #limits: FairLimits;
  readonly #shares: Shares;
  readonly #parties = new Map<string, Party<Turn>>();
  /** Parties with a demand, the next to be served first. */
  readonly #ready: Party<Turn>[] = [];
  #length = 0;
  #demand = 0;
  #strangers = 0;

  constructor(limits: FairLimits, shares: Shares) {
    this.#limits = limits;
    this.#shares = shares;
  }

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** How many of them would be served now if there were hosts enough. */
  get demand(): number {
    return this.#demand;
  }

  /** How many of one principal wait. */
  waitingOf(principal: string): number {
    return this.#parties.get(principal)?.waiting ?? 0;
  }

  /** Takes a host at once, ahead of the line; undefined when the principal holds as many as it may.
   *  Without a key the request is a principal of its own. */
  hold(key: FairKey | undefined): Hold | undefined {
    const party = this.#partyOf(key);
    if (this.#room(party) > 0) return new Hold(party, this.#shares);
    party.changed();
    return undefined;
  }

  /** Undefined when too many wait already, of this principal or in all. */
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

  /** The next in line that may have a host, and its hold of it; undefined when there is none. */
  next(): { turn: Turn; hold: Hold } | undefined {
    const party = this.#ready.shift();
    if (!party) return undefined;
    party.isReady = false;
    this.#length--;
    return { turn: party.shift()!, hold: new Hold(party, this.#shares) };
  }

  /** Passes a principal over until it is resumed. */
  setPaused(principal: string, isPaused: boolean): void {
    const party = this.#partyOf({ principal });
    party.isPaused = isPaused;
    party.changed();
  }

  /** Empties the line. Returns all that waited. */
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
    // No principal begins so, and this one is gone as soon as it neither waits nor holds.
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

/** One principal's holds and its line in one queue. */
class Party<Turn> {
  share!: Share;
  held = 0;
  waiting = 0;
  demand = 0;
  /** Whether it is in the queue's round of parties to be served. */
  isReady = false;
  isPaused = false;
  readonly #lanes = new Map<string | undefined, Lane<Turn>>();
  /** The lanes, none of them empty, the next to be served first. */
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

  /** False when its turn has come already. */
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

/** The line of one channel. */
interface Lane<Turn> {
  readonly channelId: string | undefined;
  readonly line: TakenPlace<Turn>[];
}

interface TakenPlace<Turn> {
  readonly lane: Lane<Turn>;
  readonly turn: Turn;
}

/** False when it is not in the line. */
function takeOut<T>(line: T[], one: T): boolean {
  const at = line.indexOf(one);
  if (at === -1) return false;
  line.splice(at, 1);
  return true;
}

/** One host in the hands of one request. */
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

  /** Its hook waits for the network from now on. */
  goAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#shares.add(this.#party.share, -1);
  }

  /** Its hook works again. */
  comeBack(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#shares.add(this.#party.share, 1);
  }

  /** Called once. */
  release(): void {
    this.#party.held--;
    if (this.#isAway) this.#party.changed();
    else this.#shares.add(this.#party.share, -1);
  }
}
