/** The queue for hosts. It consists of two fair queues: one for steady requests, and one for
 *  patient ones, whose hooks may wait for the network. Patient hooks always leave some hosts to the
 *  others, so that a slow web site cannot block other games. The limit of busy hosts for each
 *  principal applies to both queues together. */
import {
  type FairKey,
  type FairLimits,
  FairQueue,
  type Hold,
  type Place,
  Shares,
} from "./fair_queue.ts";

interface HostQueueLimits extends FairLimits {
  /** The most hosts that one principal may keep busy. */
  busy: number;
  /** The most hosts that all patient hooks may hold together. */
  patient: number;
}

/** One request's hold of a host. */
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

  /** The number of waiting requests. */
  get length(): number {
    return this.#steady.length + this.#patient.length;
  }

  /** The number of waiting requests that could have a host now, if enough were idle. */
  get demand(): number {
    return this.#steady.demand + Math.min(this.#patient.demand, this.#room);
  }

  /** The busy hosts of principals beyond their limit. Others need that many more hosts. */
  get excess(): number {
    return this.#shares.excess;
  }

  /** Takes a host at once, ahead of the queue; undefined if the principal, or all patient hooks
   *  together, already hold as many as they may. */
  hold(key: FairKey | undefined, isPatient: boolean): Held | undefined {
    if (!isPatient) return this.#steady.hold(key);
    const hold = this.#room > 0 ? this.#patient.hold(key) : undefined;
    return hold && this.#heldByPatient(hold);
  }

  /** Joins the queue; undefined if too many requests wait. */
  wait(key: FairKey | undefined, isPatient: boolean, turn: Turn): Place | undefined {
    return (isPatient ? this.#patient : this.#steady).wait(key, turn);
  }

  /** The next request that may have a host, and its hold; undefined if there is none. The two
   *  queues alternate. */
  next(): { turn: Turn; hold: Held } | undefined {
    const lines = [() => this.#nextSteady(), () => this.#nextPatient()];
    if (!this.#lastWasPatient) lines.reverse();
    return lines[0]!() ?? lines[1]!();
  }

  /** Empties both queues and returns the waiting requests. */
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
