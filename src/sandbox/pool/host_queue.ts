/** Requests that wait for a host, in two lines: hooks that can't wait for the network, and patient
 *  ones, which may. Patient hooks always leave hosts to the others, so that no web site, however
 *  slow, holds up a game. Both lines are fair to principals: a principal keeps no more hosts busy
 *  through both of them than through one, and takes its turn with the others. */
import {
  type FairKey,
  type FairLimits,
  FairQueue,
  type Hold,
  type Place,
  Shares,
} from "./fair_queue.ts";

interface HostQueueLimits extends FairLimits {
  /** Hosts that one principal may keep busy. */
  busy: number;
  /** Hosts that patient hooks may hold together. */
  patient: number;
}

/** A host in the hands of one request. */
export type Held = Pick<Hold, "goAway" | "comeBack" | "release">;

export class HostQueue<Turn> {
  readonly #limits: HostQueueLimits;
  readonly #shares: Shares;
  readonly #steady: FairQueue<Turn>;
  readonly #patient: FairQueue<Turn>;
  #patientHeld = 0;
  #lastWasPatient = false;

  constructor(limits: HostQueueLimits) {
    this.#limits = limits;
    this.#shares = new Shares(limits.busy);
    this.#steady = new FairQueue(limits, this.#shares);
    this.#patient = new FairQueue(limits, this.#shares);
  }

  /** How many wait. */
  get length(): number {
    return this.#steady.length + this.#patient.length;
  }

  /** How many of them would be served now if there were hosts enough. */
  get demand(): number {
    return this.#steady.demand + Math.min(this.#patient.demand, this.#room);
  }

  /** Hosts that principals keep busy beyond what they may: others must not lack them. */
  get excess(): number {
    return this.#shares.excess;
  }

  /** Takes a host at once, ahead of the line; undefined when the principal, or its kind, holds as
   *  many as it may. */
  hold(key: FairKey | undefined, isPatient: boolean): Held | undefined {
    if (!isPatient) return this.#steady.hold(key);
    const hold = this.#room > 0 ? this.#patient.hold(key) : undefined;
    return hold && this.#heldByPatient(hold);
  }

  /** Undefined when too many wait already. */
  wait(key: FairKey | undefined, isPatient: boolean, turn: Turn): Place | undefined {
    return (isPatient ? this.#patient : this.#steady).wait(key, turn);
  }

  /** The next in line that may have a host, and its hold of it; undefined when there is none. */
  next(): { turn: Turn; hold: Held } | undefined {
    const lines = [() => this.#nextSteady(), () => this.#nextPatient()];
    if (!this.#lastWasPatient) lines.reverse();
    return lines[0]!() ?? lines[1]!();
  }

  /** Empties the lines. Returns all that waited. */
  clear(): Turn[] {
    return [...this.#steady.clear(), ...this.#patient.clear()];
  }

  get #room(): number {
    return Math.max(0, this.#limits.patient - this.#patientHeld);
  }

  #nextSteady(): { turn: Turn; hold: Held } | undefined {
    const next = this.#steady.next();
    if (next) this.#lastWasPatient = false;
    return next;
  }

  #nextPatient(): { turn: Turn; hold: Held } | undefined {
    const next = this.#room > 0 ? this.#patient.next() : undefined;
    if (!next) return undefined;
    this.#lastWasPatient = true;
    return { turn: next.turn, hold: this.#heldByPatient(next.hold) };
  }

  #heldByPatient(hold: Hold): Held {
    this.#patientHeld++;
    return {
      goAway: () => hold.goAway(),
      comeBack: () => hold.comeBack(),
      release: () => {
        this.#patientHeld--;
        hold.release();
      },
    };
  }
}
