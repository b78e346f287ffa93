/** The answers to the forms that were sent a moment ago. Whoever presses a button twice sends its
 *  form twice, and the operation runs once. Only for operations without an idempotency key, whose
 *  answers the store keeps, and only within one process. */
/** Within this time the same form is the same press of a button. */
const MOMENT_MS = 10_000;
const FORMS = 500;

interface Sent {
  atMs: number;
  performed: Promise<Outcome>;
}

/** What came of a form: "refused", or something else. */
interface Outcome {
  kind: string;
}

export class SentForms {
  readonly #nowMs: () => number;
  /** By `key`, the latest last. */
  readonly #sent = new Map<string, Sent>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What `perform` returns or, for a form that was just sent, what it returned then. `key` is that
   *  of the form and its sender. A refused form may be sent again. `perform` never rejects. */
  async once<T extends Outcome>(key: string, perform: () => Promise<T>): Promise<T> {
    const before = this.#sent.get(key);
    // The key says which form it is, and so what came of it.
    if (before && this.#nowMs() - before.atMs < MOMENT_MS) return await before.performed as T;
    this.#forget();
    const sent = { atMs: this.#nowMs(), performed: perform() };
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    const performed = await sent.performed;
    if (performed.kind === "refused") this.#sent.delete(key);
    return performed;
  }

  #forget(): void {
    for (const [key, { atMs }] of this.#sent) {
      const isOld = this.#nowMs() - atMs >= MOMENT_MS;
      if (!isOld && this.#sent.size < FORMS) return;
      this.#sent.delete(key);
    }
  }
}
