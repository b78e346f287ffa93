/** The storage of sign-in: clients, pending consents, codes, and grants with their tokens. Secrets
 *  are stored only as SHA-256, so a stolen database gives no access. `expireIn` only cleans up:
 *  every read compares `expiresAt` with the `now` that the caller passes. */
import * as z from "zod";
import { isGuest } from "../../domain/channel/principal.ts";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import { secretHash } from "../../kernel/hash.ts";
import { current, until } from "../expiry.ts";
import { keys } from "../keys.ts";
import { PendingRequests } from "./pending_requests.ts";
import { Client, Code, Grant, Granted, Refresh, type Tokens } from "./sign_in_records.ts";

/** `replayed`: a client presented a spent code or refresh token again, so the store has revoked
 *  every token of its grant. `exhausted`: a refresh token was repeated in time, but too often. */
export type Redemption =
  | { kind: "granted"; grant: Grant }
  | { kind: "refused" | "exhausted" }
  | { kind: "replayed"; grantId: string };

/** How long a spent code is stored, so that the store recognises a replay. */
const SPENT_CODE_MS = 24 * 3600_000;
/** Each token needs two mutations; an atomic commit takes 1,000, with 80 KiB of keys. */
const TOKENS_PER_COMMIT = 200;

const LONGEST_ID = 200;
/** The most access tokens cached in memory. A full cache is emptied and fills anew. */
const MAX_CACHED = 10_000;

const REFUSED: Redemption = { kind: "refused" };

export class SignInStore {
  readonly pending: PendingRequests;
  readonly #kv: Deno.Kv;
  /** Access tokens by hash; undefined where another process may revoke a token, of which this
   *  cache would not learn. */
  readonly #cache: Map<string, Grant> | undefined;
  #revocations = 0;

  /** `shared`: whether other processes may write to the same database. */
  constructor(kv: Deno.Kv, { shared }: { shared: boolean }) {
    this.pending = new PendingRequests(kv);
    this.#kv = kv;
    this.#cache = shared ? undefined : new Map();
  }

  /** Stores a new client. Anyone may register one, so those that never got a token share a fixed
   *  number of places: a new client takes the place of the oldest one, which is deleted. */
  async register(client: Client, now: Date): Promise<void> {
    const lifetime = until(client.expiresAt, now);
    while (true) {
      const next = await this.#kv.get(keys.nextPlace());
      const place = next.value === null ? 0 : z.number().parse(next.value);
      const holder = await this.#kv.get(keys.place(place));
      const commit = this.#kv.atomic().check(next).check(holder)
        .set(next.key, (place + 1) % STORE_LIMITS.unusedClients)
        .set(holder.key, client.clientId, lifetime)
        .set(keys.client(client.clientId), { ...client, place } satisfies Client, lifetime);
      if (holder.value !== null) commit.delete(keys.client(z.string().parse(holder.value)));
      if ((await commit.commit()).ok) return;
    }
  }

  /** Stores a client that got a token, until its `expiresAt`. It gives its place back. */
  async keep({ place, ...client }: Client, now: Date): Promise<void> {
    while (true) {
      const commit = this.#kv.atomic()
        .set(keys.client(client.clientId), client satisfies Client, until(client.expiresAt, now));
      const holder = place === undefined ? null : await this.#kv.get(keys.place(place));
      if (holder?.value === client.clientId) commit.check(holder).delete(holder.key);
      if ((await commit.commit()).ok) return;
    }
  }

  async client(clientId: string, now: Date): Promise<Client | undefined> {
    if (clientId.length > LONGEST_ID) return undefined; // the database limits the length of keys
    const { value } = await this.#kv.get(keys.client(clientId));
    return value === null ? undefined : current(Client.parse(value), now);
  }

  /** Records a client's assertion id (`jti`) as used. Returns whether it is new. */
  async spendAssertion(
    clientId: string,
    assertionId: string,
    expiresAt: Date,
    now: Date,
  ): Promise<boolean> {
    const key = keys.assertion(secretHash(JSON.stringify([clientId, assertionId])));
    const { ok } = await this.#kv.atomic().check({ key, versionstamp: null })
      .set(key, { expiresAt }, until(expiresAt, now)).commit();
    return ok;
  }

  /** Stores a code. A person's code is indexed, so that the person can revoke it before a client
   *  redeems it. */
  async putCode(code: string, value: Omit<Code, "used">, now: Date): Promise<void> {
    const codeHash = secretHash(code);
    const lifetime = until(value.expiresAt, now);
    const commit = this.#kv.atomic()
      .set(keys.code(codeHash), { ...value, used: false } satisfies Code, lifetime);
    const { principal, grantId, clientId } = value.grant;
    if (!isGuest(principal)) {
      const granted: Granted = { clientId, codeHash };
      commit.set(keys.grantedTo(principal, grantId), granted, lifetime);
    }
    await commit.commit();
  }

  /** Exchanges a client's code for the first tokens of its grant, once, if `fits` accepts the
   *  code's request. */
  async redeemCode(
    code: string,
    clientId: string,
    fits: (request: Code["request"]) => boolean,
    tokens: Tokens,
    now: Date,
  ): Promise<Redemption> {
    const entry = await this.#kv.get(keys.code(secretHash(code)));
    if (entry.value === null) return REFUSED;
    const stored = Code.parse(entry.value);
    if (stored.request.clientId !== clientId) return REFUSED;
    if (stored.used) return await this.#replayed(stored.grant.grantId);
    if (!current(stored, now) || !fits(stored.request)) return REFUSED;

    const { expiresAt } = tokens.refresh ?? tokens.access;
    const grant: Grant = { ...stored.grant, expiresAt };
    const commit = this.#kv.atomic().check(entry)
      .set(entry.key, { ...stored, used: true }, { expireIn: SPENT_CODE_MS });
    const { ok } = await issue(commit, grant, tokens, now).commit();
    return ok ? { kind: "granted", grant } : await this.#replayed(grant.grantId);
  }

  /** Exchanges a client's refresh token for new tokens, if `fits` accepts its grant. The token is
   *  spent by its first use. For a while its client may repeat that use and gets further tokens of
   *  the same grant, because clients refresh in parallel and lose responses; the answers given
   *  before stay valid. A later use, or another client's, is a replay. The commit checks the grant,
   *  so an earlier revocation always wins. */
  async refresh(
    refreshToken: string,
    clientId: string,
    fits: (grant: Grant) => boolean,
    tokens: Tokens,
    now: Date,
  ): Promise<Redemption> {
    while (true) {
      const entry = await this.#kv.get(keys.refresh(secretHash(refreshToken)));
      if (entry.value === null) return REFUSED;
      const stored = Refresh.parse(entry.value);
      const grantEntry = await this.#kv.get(keys.grant(stored.grantId));
      if (grantEntry.value === null) return REFUSED;
      const isOurs = stored.clientId === clientId;
      if (stored.used && !(isOurs && isRepeat(stored, now))) {
        return await this.#replayed(stored.grantId);
      }
      const before = Grant.parse(grantEntry.value);
      if (!isOurs || !current(stored, now) || !fits(before)) return REFUSED;
      const { spentAt = now, answers = 0 } = stored;
      if (answers >= ACCOUNT_LIMITS.refreshAnswers) return { kind: "exhausted" };

      const grant: Grant = { ...before, expiresAt: (tokens.refresh ?? tokens.access).expiresAt };
      const spent: Refresh = { ...stored, used: true, spentAt, answers: answers + 1 };
      const commit = this.#kv.atomic().check(entry).check(grantEntry)
        .set(entry.key, spent, until(stored.expiresAt, now));
      const { ok } = await issue(commit, grant, tokens, now).commit();
      if (ok) return { kind: "granted", grant };
      // Meanwhile another call spent the token or revoked the grant. A second read shows which.
    }
  }

  /** Begins a grant without a code. Its id must be new. */
  async begin(grant: Grant, tokens: Tokens, now: Date): Promise<void> {
    await issue(this.#kv.atomic(), grant, tokens, now).commit();
  }

  /** The grant of an access token, from the cache or in one read. The value is not parsed against a
   *  schema, because every call comes through here; only `issue` below writes these records. */
  async access(token: string, now: Date): Promise<Grant | undefined> {
    const hash = secretHash(token);
    const cached = this.#cache?.get(hash);
    if (cached) return current(cached, now);
    const before = this.#revocations;
    const { value } = await this.#kv.get<Grant>(keys.access(hash));
    if (value === null) return undefined;
    // If a revocation ran during the read, it may have deleted this record: do not cache it.
    if (this.#cache && before === this.#revocations) {
      if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
      this.#cache.set(hash, value);
    }
    return current(value, now);
  }

  /** RFC 7009: revokes the whole grant of an access or refresh token, if the token belongs to this
   *  client. */
  async revokeToken(token: string, clientId: string): Promise<void> {
    const hash = secretHash(token);
    const records = await this.#kv.getMany([keys.access(hash), keys.refresh(hash)]);
    for (const { value } of records) {
      if (value === null) continue;
      const owner = Grant.pick({ grantId: true, clientId: true }).parse(value);
      if (owner.clientId === clientId) await this.revokeGrant(owner.grantId);
    }
  }

  /** Deletes a grant and then its tokens. Without the grant, no commit can issue further tokens. */
  async revokeGrant(grantId: string): Promise<void> {
    await this.#kv.delete(keys.grant(grantId));
    const indexed: Deno.KvKey[] = [];
    for await (const { key } of this.#kv.list({ prefix: keys.grantTokens(grantId) })) {
      indexed.push(key);
    }
    for (let at = 0; at < indexed.length; at += TOKENS_PER_COMMIT) {
      const commit = this.#kv.atomic();
      for (const key of indexed.slice(at, at + TOKENS_PER_COMMIT)) {
        commit.delete(keys.access(String(key.at(-1)))).delete(key);
      }
      await commit.commit();
    }
    this.#revocations++;
    this.#cache?.clear();
  }

  /** The clients that hold a grant of a person, or a code for one; each once. */
  async clientsOf(principal: string): Promise<string[]> {
    const grants = await Array.fromAsync(this.#grantedBy(principal));
    return [...new Set(grants.map(({ clientId }) => clientId))];
  }

  /** Revokes everything that a person granted to a client. Deletes each code before its grant: a
   *  concurrent redemption then either fails, or has created the grant that is deleted next. */
  async revokeGrantsTo(principal: string, clientId: string): Promise<void> {
    for await (const { key, grantId, ...granted } of this.#grantedBy(principal)) {
      if (granted.clientId !== clientId) continue;
      if (granted.codeHash !== undefined) await this.#kv.delete(keys.code(granted.codeHash));
      await this.revokeGrant(grantId);
      await this.#kv.delete(key);
    }
  }

  async *#grantedBy(principal: string) {
    for await (const { key, value } of this.#kv.list({ prefix: keys.granted(principal) })) {
      yield { key, grantId: String(key.at(-1)), ...Granted.parse(value) };
    }
  }

  async #replayed(grantId: string): Promise<Redemption> {
    await this.revokeGrant(grantId);
    return { kind: "replayed", grantId };
  }
}

/** Whether a spent refresh token is repeated soon enough after its first use. The clocks of two
 *  instances differ a little, in both directions. */
function isRepeat({ spentAt }: Refresh, now: Date): boolean {
  return spentAt !== undefined &&
    Math.abs(now.getTime() - spentAt.getTime()) < ACCOUNT_LIMITS.refreshRepeatMs;
}

/** Adds a grant and its new tokens to a commit. Access tokens are indexed under their grant so that
 *  a revocation finds them, and a person's grants under the person. A refresh token needs no index,
 *  because it has no effect without its grant. */
function issue(
  commit: Deno.AtomicOperation,
  grant: Grant,
  { access, refresh, scope = grant.scope }: Tokens,
  now: Date,
): Deno.AtomicOperation {
  const { grantId, clientId, principal } = grant;
  const accessHash = secretHash(access.secret);
  const lifetime = until(access.expiresAt, now);
  commit.set(keys.grant(grantId), grant, until(grant.expiresAt, now))
    .set(
      keys.access(accessHash),
      { ...grant, scope, expiresAt: access.expiresAt } satisfies Grant,
      lifetime,
    )
    .set(keys.grantToken(grantId, accessHash), true, lifetime);
  if (!isGuest(principal)) {
    const granted: Granted = { clientId };
    commit.set(keys.grantedTo(principal, grantId), granted, until(grant.expiresAt, now));
  }
  if (refresh === undefined) return commit;
  const stored = { grantId, clientId, used: false, expiresAt: refresh.expiresAt };
  return commit.set(
    keys.refresh(secretHash(refresh.secret)),
    stored,
    until(refresh.expiresAt, now),
  );
}
