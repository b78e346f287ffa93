/** Authorization requests that wait for a person's decision. Each is stored under a handle that
 *  only the consent page contains, and is bound to the browser that received the page. Another
 *  browser can neither read nor use it up. */
import { secretHash } from "../../kernel/hash.ts";
import { current, until } from "../expiry.ts";
import { keys } from "../keys.ts";
import { Consent, Pending, type Secret } from "./sign_in_records.ts";

export class PendingRequests {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Stores a request for the browser that holds the `browser` secret, until it submits the
   *  page. */
  async put(handle: Secret, browser: string, pending: Pending, now: Date): Promise<void> {
    const { expiresAt } = handle;
    const consent = { ...pending, browserHash: secretHash(browser), expiresAt };
    await this.#kv.set(keys.consent(secretHash(handle.secret)), consent, until(expiresAt, now));
  }

  async get(handle: string, browser: string, now: Date): Promise<Pending | undefined> {
    return (await this.#found(handle, browser, now)).pending;
  }

  /** Like `get`, but deletes the request: only one call gets it. */
  async take(handle: string, browser: string, now: Date): Promise<Pending | undefined> {
    const { entry, pending } = await this.#found(handle, browser, now);
    if (pending === undefined) return undefined;
    const { ok } = await this.#kv.atomic().check(entry).delete(entry.key).commit();
    return ok ? pending : undefined;
  }

  async #found(handle: string, browser: string, now: Date) {
    const entry = await this.#kv.get(keys.consent(secretHash(handle)));
    const consent = entry.value === null ? undefined : current(Consent.parse(entry.value), now);
    const isTheirs = consent?.browserHash === secretHash(browser);
    return { entry, pending: isTheirs ? Pending.parse(consent) : undefined };
  }
}
