/** Sources turned into code, kept for the hooks that follow: the code is a function of exactly the
 *  source, so that keeping it only saves the work. */

/** A bot that is ready for hooks: its code as base64, and what there may be to await in it. */
export interface PreparedBot {
  awaits: string;
  code: string;
}

/** Why a source is refused; the line counts from 1. */
export interface Rejected {
  message: string;
  line?: number | undefined;
}

const KEPT = 32;

export class PreparedBots {
  #kept = new Map<string, PreparedBot>();

  /** The kept bot, or the result of `prepare`, which is kept unless it is a rejection. */
  get(source: string, prepare: () => PreparedBot | Rejected): PreparedBot | Rejected {
    const bot = this.#kept.get(source) ?? prepare();
    this.#kept.delete(source);
    if (!("code" in bot)) return bot;
    this.#kept.set(source, bot);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT) this.#kept.delete(oldest!);
    return bot;
  }
}
