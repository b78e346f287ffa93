/** Whose turn it is. Requests wait in line behind others of the same key, keys take turns, and a key that holds as
 *  many hosts as it may is passed over, so that no channel takes them all.
 *  Every operation takes the same time however many wait. */
import { Refusal } from "../domain/refusal.ts";
import { Fifo } from "./fifo.ts";

/** All are at least 1. */
export interface FairLimits {
  /** Hosts that one key may keep busy. */
  busy: number;
  /** The same, with those whose hooks wait for the network. */
  held: number;
  /** Requests that may wait in all, and of one key. */
  waiting: number;
  waitingPerKey: number;
}

/** A channel's id, or whatever else stands for all that must share. Undefined shares with nobody. */
export type FairKey = string | symbol | undefined;

export class FairQueue<Turn> {
  readonly #limits: FairLimits;
  readonly #lanes = new Map<FairKey, Lane<Turn>>();
  /** Lanes with a demand, the next to be served first. */
  readonly #ready = new Fifo<Lane<Turn>>();
  #length = 0;
  #demand = 0;

  constructor(limits: FairLimits) {
    this.#limits = limits;
  }

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** How many of them would be served now if there were hosts enough. */
  get demand(): number {
    return this.#demand;
  }

  /** Takes a host at once, past those who wait; undefined when the key holds as many as it may. */
  hold(key: FairKey): Hold | undefined {
    const lane = this.#laneOf(key);
    return this.#room(lane) > 0 ? new Hold(lane) : undefined;
  }

  /** Throws `Refusal("RATE_LIMIT")` when too many wait already. */
  wait(key: FairKey, turn: Turn): void {
    const lane = this.#laneOf(key);
    const { waiting, waitingPerKey } = this.#limits;
    const isFull = this.#length >= waiting || lane.line.length >= waitingPerKey;
    if (!isFull) {
      lane.line.push(turn);
      this.#length++;
    }
    lane.changed();
    if (isFull) {
      throw new Refusal("RATE_LIMIT", "Too many bots are waiting to run; try again soon.", 1_000);
    }
  }

  /** Whoever is next, and its hold of the host that it is given; undefined when nobody waits who may have one. */
  next(): { turn: Turn; hold: Hold } | undefined {
    for (let lane = this.#ready.shift(); lane; lane = this.#ready.shift()) {
      lane.isListed = false;
      if (lane.demand === 0) continue;
      this.#length--;
      return { turn: lane.line.shift()!, hold: new Hold(lane) };
    }
    return undefined;
  }

  /** Everyone who waits; nobody does afterwards. */
  clear(): Turn[] {
    const turns: Turn[] = [];
    const empty = (lane: Lane<Turn>) => {
      for (let turn = lane.line.shift(); turn; turn = lane.line.shift()) turns.push(turn);
      lane.changed();
    };
    for (let lane = this.#ready.shift(); lane; lane = this.#ready.shift()) {
      lane.isListed = false;
      empty(lane);
    }
    for (const lane of this.#lanes.values()) empty(lane);
    this.#length = 0;
    return turns;
  }

  #laneOf(key: FairKey): Lane<Turn> {
    let lane = this.#lanes.get(key);
    if (lane) return lane;
    lane = new Lane(() => this.#update(lane!, key));
    if (key !== undefined) this.#lanes.set(key, lane);
    return lane;
  }

  #room({ busy, away }: Lane<Turn>): number {
    return Math.min(this.#limits.busy - busy, this.#limits.held - busy - away);
  }

  #update(lane: Lane<Turn>, key: FairKey): void {
    const demand = Math.max(0, Math.min(lane.line.length, this.#room(lane)));
    this.#demand += demand - lane.demand;
    lane.demand = demand;
    if (demand > 0 && !lane.isListed) {
      lane.isListed = true;
      this.#ready.push(lane);
    }
    if (lane.busy + lane.away + lane.line.length === 0) this.#lanes.delete(key);
  }
}

/** What one key holds and waits for. */
class Lane<Turn> {
  readonly line = new Fifo<Turn>();
  busy = 0;
  away = 0;
  demand = 0;
  isListed = false;

  constructor(readonly changed: () => void) {}
}

/** One host in the hands of one request. */
export class Hold {
  readonly #lane: Lane<unknown>;
  #isAway = false;

  constructor(lane: Lane<unknown>) {
    this.#lane = lane;
    lane.busy++;
    lane.changed();
  }

  /** Its hook waits for the network from now on. */
  goAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#lane.busy--;
    this.#lane.away++;
    this.#lane.changed();
  }

  /** Its hook works again. */
  comeBack(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#lane.away--;
    this.#lane.busy++;
    this.#lane.changed();
  }

  /** Called once. */
  release(): void {
    if (this.#isAway) this.#lane.away--;
    else this.#lane.busy--;
    this.#lane.changed();
  }
}
