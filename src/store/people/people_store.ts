/** Records of people who signed in with an identity provider: their sessions, pending sign-ins and
 *  approved apps. The provider's tokens are not stored, and secrets only as SHA-256. */
import * as z from "zod";
import { secretHash } from "../../kernel/hash.ts";
import { current, until } from "../expiry.ts";
import { keys } from "../keys.ts";
import type { Secret } from "./sign_in_records.ts";

/** `principal` is `provider:subject` and always identifies the same person; `name` is for display
 *  only. */
export const Person = z.object({ principal: z.string(), name: z.string() });
export type Person = z.infer<typeof Person>;

/** Sessions of earlier releases have no `begunAt` and no index. They count as ended, because
 *  nobody could end them from another browser. */
const Session = Person.extend({ begunAt: z.date().optional(), expiresAt: z.date() });

/** When a session of a browser began, and when it ends by itself. */
const SessionTimes = z.object({ begunAt: z.date(), expiresAt: z.date() });

/** A session by the hash of its secret. */
export interface BrowserSession extends z.infer<typeof SessionTimes> {
  hash: string;
}

/** Each session has two keys; an atomic commit takes 80 KiB of keys. */
const SESSIONS_PER_COMMIT = 100;

/** A pending sign-in. `query` is the query string of the authorization request that waits for
 *  it. */
export const LoginAttempt = z.object({ provider: z.string(), query: z.string().optional() });
export type LoginAttempt = z.infer<typeof LoginAttempt>;

const StoredAttempt = LoginAttempt.extend({ browserHash: z.string(), expiresAt: z.date() });

/** The approval of a client, with redirects to `redirectHost`, to act for a person. `by` is the
 *  approver. Approvals by the operator are stored so that the person can see and revoke them; no
 *  check relies on them. */
export const Approval = z.object({
  clientId: z.string(),
  clientLabel: z.string(),
  redirectHost: z.string(),
  scope: z.string(),
  by: z.enum(["person", "operator"]),
  expiresAt: z.date(),
});
export type Approval = z.infer<typeof Approval>;

export class PeopleStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Begins a session and ends `replaced`, the browser's earlier one. */
  async beginSession(
    session: Secret,
    person: Person,
    replaced: string | undefined,
    now: Date,
  ): Promise<void> {
    if (replaced !== undefined) await this.endSession(replaced);
    const { expiresAt } = session;
    const hash = secretHash(session.secret);
    const times: z.infer<typeof SessionTimes> = { begunAt: now, expiresAt };
    const lifetime = until(expiresAt, now);
    await this.#kv.atomic()
      .set(keys.session(hash), { ...person, ...times }, lifetime)
      .set(keys.sessionOf(person.principal, hash), times, lifetime)
      .commit();
  }

  async session(secret: string, now: Date): Promise<Person | undefined> {
    const { value } = await this.#kv.get(keys.session(secretHash(secret)));
    const session = value === null ? undefined : current(Session.parse(value), now);
    return session?.begunAt && Person.parse(session);
  }

  async endSession(secret: string): Promise<void> {
    const hash = secretHash(secret);
    const { value } = await this.#kv.get(keys.session(hash));
    if (value === null) return;
    await this.#end(Session.parse(value).principal, hash);
  }

  /** Ends a session of a person from another one; those of others stay. */
  async endSessionOf(principal: string, hash: string): Promise<void> {
    const { versionstamp } = await this.#kv.get(keys.sessionOf(principal, hash));
    if (versionstamp !== null) await this.#end(principal, hash);
  }

  async #end(principal: string, hash: string): Promise<void> {
    await this.#kv.atomic()
      .delete(keys.session(hash))
      .delete(keys.sessionOf(principal, hash))
      .commit();
  }

  /** A person's sessions, the newest first: reads at most `limit` of them. */
  async sessions(principal: string, limit: number, now: Date): Promise<BrowserSession[]> {
    const listed = this.#kv.list({ prefix: keys.sessionsOf(principal) }, { limit });
    const all = await Array.fromAsync(
      listed,
      ({ key, value }) => ({ ...SessionTimes.parse(value), hash: String(key.at(-1)) }),
    );
    return all.filter((session) => current(session, now))
      .toSorted((a, b) => b.begunAt.getTime() - a.begunAt.getTime());
  }

  /** Ends all sessions of a person that have begun before the call. */
  async endSessions(principal: string): Promise<void> {
    const indexed = await Array.fromAsync(
      this.#kv.list({ prefix: keys.sessionsOf(principal) }),
      ({ key }) => key,
    );
    for (let at = 0; at < indexed.length; at += SESSIONS_PER_COMMIT) {
      const commit = this.#kv.atomic();
      for (const key of indexed.slice(at, at + SESSIONS_PER_COMMIT)) {
        commit.delete(keys.session(String(key.at(-1)))).delete(key);
      }
      await commit.commit();
    }
  }

  /** Stores an attempt for the browser that holds the `browser` secret, until the provider sends it
   *  back. */
  async beginLogin(
    state: Secret,
    browser: string,
    attempt: LoginAttempt,
    now: Date,
  ): Promise<void> {
    const { expiresAt } = state;
    const stored = { ...attempt, browserHash: secretHash(browser), expiresAt };
    await this.#kv.set(keys.login(secretHash(state.secret)), stored, until(expiresAt, now));
  }

  /** Returns and deletes the attempt of a state: only one call gets it. Another browser can neither
   *  read nor use it up. */
  async takeLogin(state: string, browser: string, now: Date): Promise<LoginAttempt | undefined> {
    const entry = await this.#kv.get(keys.login(secretHash(state)));
    const attempt = entry.value === null
      ? undefined
      : current(StoredAttempt.parse(entry.value), now);
    if (attempt?.browserHash !== secretHash(browser)) return undefined;
    const { ok } = await this.#kv.atomic().check(entry).delete(entry.key).commit();
    return ok ? LoginAttempt.parse(attempt) : undefined;
  }

  async putApproval(principal: string, approval: Approval, now: Date): Promise<void> {
    const { clientId, redirectHost, expiresAt } = approval;
    const key = keys.approval(principal, clientId, redirectHost);
    await this.#kv.set(key, approval, until(expiresAt, now));
  }

  async approval(
    principal: string,
    clientId: string,
    redirectHost: string,
    now: Date,
  ): Promise<Approval | undefined> {
    const { value } = await this.#kv.get(keys.approval(principal, clientId, redirectHost));
    return value === null ? undefined : current(Approval.parse(value), now);
  }

  /** A person's approvals: reads at most `limit` of them. */
  async approvals(principal: string, limit: number, now: Date): Promise<Approval[]> {
    const listed = this.#kv.list({ prefix: keys.approvals(principal) }, { limit });
    const all = await Array.fromAsync(listed, ({ value }) => Approval.parse(value));
    return all.filter((approval) => current(approval, now));
  }

  /** Deletes a person's approvals of a client, for all redirect hosts. */
  async deleteApprovals(principal: string, clientId: string): Promise<void> {
    const commit = this.#kv.atomic();
    for await (const { key } of this.#kv.list({ prefix: keys.approvalsOf(principal, clientId) })) {
      commit.delete(key);
    }
    await commit.commit();
  }
}
