/** A cache of compiled sources. The code depends only on the source, so the cache affects only
 *  speed. */

/** A bot that is ready to run: what it may await (as vetting.py reports it), and its code in
 *  base64. */
export interface PreparedBot {
  awaits: string;
  code: string;
}

/** The reason for refusing a source; lines count from 1. */
export interface Rejected {
  message: string;
  line?: number | undefined;
}

const MAX_CACHED = 32;

export class PreparedBots {
  #cache = new Map<string, PreparedBot>();

  /** The cached bot, or the result of `prepare`, which is cached unless it is a rejection. */
  get(source: string, prepare: () => PreparedBot | Rejected): PreparedBot | Rejected {
    const bot = this.#cache.get(source) ?? prepare();
    this.#cache.delete(source);
    if (!("code" in bot)) return bot;
    this.#cache.set(source, bot);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_CACHED) this.#cache.delete(oldest!);
    return bot;
  }
}
