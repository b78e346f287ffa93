/** What sign-in remembers: clients, consents under way, codes, and grants with their tokens. The
 *  only module that touches Deno KV for it. No secret is stored: each stands under its SHA-256, so
 *  a stolen store opens nothing. `expireIn` only cleans up: every read compares `expiresAt` with
 *  the `now` it is given. */
import { isGuest } from "../../domain/channel/principal.ts";
import { secretHash } from "../../kernel/hash.ts";
import { current, until } from "../expiry.ts";
import { keys } from "../keys.ts";
import { PendingRequests } from "./pending_requests.ts";
import { Client, Code, Grant, Granted, Refresh, type Tokens } from "./sign_in_records.ts";

/** `replayed`: a spent code or refresh token came back, and all that its grant had issued is
 *  revoked. */
export type Redemption =
  | { kind: "granted"; grant: Grant }
  | { kind: "refused" }
  | { kind: "replayed"; grantId: string };

/** Spent codes are kept this long, so that a replay is recognised. */
const SPENT_CODE_MS = 24 * 3600_000;
/** Two mutations each; an atomic commit takes 1,000 of them, with 80 KiB of keys. */
const TOKENS_PER_COMMIT = 200;

const LONGEST_ID = 200;
/** Access tokens whose answer is kept in memory; beyond it all are forgotten and read anew. */
const MAX_KNOWN = 10_000;

const REFUSED: Redemption = { kind: "refused" };

export class SignInStore {
  readonly pending: PendingRequests;
  readonly #kv: Deno.Kv;
  /** Access tokens by hash; undefined where another process might revoke one without this one's
   *  knowledge. */
  readonly #known: Map<string, Grant> | undefined;
  #revocations = 0;

  /** `shared`: whether other processes may write to the same database. */
  constructor(kv: Deno.Kv, { shared }: { shared: boolean }) {
    this.pending = new PendingRequests(kv);
    this.#kv = kv;
    this.#known = shared ? undefined : new Map();
  }

  async putClient(client: Client, now: Date): Promise<void> {
    await this.#kv.set(keys.client(client.clientId), client, until(client.expiresAt, now));
  }

  async client(clientId: string, now: Date): Promise<Client | undefined> {
    if (clientId.length > LONGEST_ID) return undefined; // a key has a limit too
    const { value } = await this.#kv.get(keys.client(clientId));
    return value === null ? undefined : current(Client.parse(value), now);
  }

  /** Whether a client's assertion with this id comes for the first time; from then on it does
   *  not. */
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

  /** A person's code is indexed, so that the person can take back what it stands for before it is
   *  redeemed. */
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

  /** Trades a client's code for the first tokens of its grant, once, when `fits` accepts the
   *  request behind it. */
  async redeemCode(
    code: string,
    clientId: string,
    fits: (request: Code["request"]) => boolean,
    tokens: Tokens,
    now: Date,
  ): Promise<Redemption> {
    const entry = await this.#kv.get(keys.code(secretHash(code)));
    if (entry.value === null) return REFUSED;
    const found = Code.parse(entry.value);
    if (found.request.clientId !== clientId) return REFUSED;
    if (found.used) return await this.#replayed(found.grant.grantId);
    if (!current(found, now) || !fits(found.request)) return REFUSED;

    const grant: Grant = { ...found.grant, expiresAt: (tokens.refresh ?? tokens.access).expiresAt };
    const commit = this.#kv.atomic().check(entry)
      .set(entry.key, { ...found, used: true }, { expireIn: SPENT_CODE_MS });
    const { ok } = await issue(commit, grant, tokens, now).commit();
    return ok ? { kind: "granted", grant } : await this.#replayed(grant.grantId);
  }

  /** Trades a refresh token for new tokens, once, when `fits` accepts its grant. The commit checks
   *  the grant, so no token survives a revocation that came first. */
  async refresh(
    refreshToken: string,
    fits: (grant: Grant) => boolean,
    tokens: Tokens,
    now: Date,
  ): Promise<Redemption> {
    const entry = await this.#kv.get(keys.refresh(secretHash(refreshToken)));
    if (entry.value === null) return REFUSED;
    const found = Refresh.parse(entry.value);
    const grantEntry = await this.#kv.get(keys.grant(found.grantId));
    if (grantEntry.value === null) return REFUSED;
    const before = Grant.parse(grantEntry.value);
    if (!fits(before)) return REFUSED;
    if (found.used) return await this.#replayed(found.grantId);
    if (!current(found, now)) return REFUSED;

    const grant: Grant = { ...before, expiresAt: (tokens.refresh ?? tokens.access).expiresAt };
    const commit = this.#kv.atomic().check(entry).check(grantEntry)
      .set(entry.key, { ...found, used: true }, until(found.expiresAt, now));
    const { ok } = await issue(commit, grant, tokens, now).commit();
    if (ok) return { kind: "granted", grant };
    // The token was spent or the grant revoked meanwhile: reading again tells which.
    return await this.refresh(refreshToken, fits, tokens, now);
  }

  /** Begins a grant without a code. Its id must be new. */
  async begin(grant: Grant, tokens: Tokens, now: Date): Promise<void> {
    await issue(this.#kv.atomic(), grant, tokens, now).commit();
  }

  /** Who an access token speaks for, in one read or from memory. The shape is not parsed: this is
   *  on the way of every call, and only `issue` below writes here. */
  async access(token: string, now: Date): Promise<Grant | undefined> {
    const hash = secretHash(token);
    const known = this.#known?.get(hash);
    if (known) return current(known, now);
    const before = this.#revocations;
    const { value } = await this.#kv.get<Grant>(keys.access(hash));
    if (value === null) return undefined;
    // A record that was read during a revocation may be gone by now.
    if (this.#known && before === this.#revocations) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(hash, value);
    }
    return current(value, now);
  }

  /** RFC 7009: revokes the whole grant of an access or refresh token, if the token is this
   *  client's. */
  async revokeToken(token: string, clientId: string): Promise<void> {
    const hash = secretHash(token);
    const found = await this.#kv.getMany([keys.access(hash), keys.refresh(hash)]);
    for (const { value } of found) {
      if (value === null) continue;
      const owner = Grant.pick({ grantId: true, clientId: true }).parse(value);
      if (owner.clientId === clientId) await this.revokeGrant(owner.grantId);
    }
  }

  /** Ends a grant and deletes its tokens. The grant goes first: from then on nothing more can be
   *  issued for it. */
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
    this.#known?.clear();
  }

  /** The clients that hold or are about to hold a grant of a person, each once. */
  async clientsOf(principal: string): Promise<string[]> {
    const found = await Array.fromAsync(this.#grantedBy(principal));
    return [...new Set(found.map(({ clientId }) => clientId))];
  }

  /** Ends all that a person granted a client. A code goes before its grant: one that is being
   *  redeemed meanwhile then fails, or has made the grant that is ended next. */
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

/** Adds a grant, as it is after this commit, and its new tokens to a commit. Access tokens are
 *  indexed under the grant so that a revocation finds them, a person's grants under the person; a
 *  refresh token needs no index, for it is worth nothing without its grant. */
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
