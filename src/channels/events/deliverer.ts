/** Delivers the events of subscriptions: each subscription's events one after the other, as long as
 *  its receiver takes them. What is to be delivered follows from the stored cursor and the channel,
 *  and the cursor moves only after the receiver's answer. So a crash repeats a delivery, under the
 *  same id, but loses none. A commit wakes the subscriptions of its channel; nothing polls. */
import type { Access } from "../../domain/channel/seat.ts";
import { afterFailure, hostOf, type Subscription } from "../../domain/channel/subscription.ts";
import type { EventLimits } from "../../domain/limits/events.ts";
import { Turns } from "../../domain/limits/turns.ts";
import { utf8ToBytes } from "../../kernel/hash.ts";
import type { Log } from "../../kernel/log.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Posted, PostWebhook } from "../../outbound/webhook.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { EnvVault } from "../../store/channel/env_vault.ts";
import type {
  StoredSubscription,
  SubscriptionStore,
} from "../../store/channel/subscription_store.ts";
import type { EventReader, Occurrence } from "./event_reader.ts";
import type { Opened } from "./event_source.ts";
import { failureIn } from "./receiver.ts";

interface DelivererDeps {
  store: SubscriptionStore;
  reader: EventReader;
  vault: EnvVault;
  post: PostWebhook;
  /** The JSON text of a value, safe for a model to read. */
  jsonOf: (value: unknown) => string;
  /** Whether a principal may still call at all. */
  isAdmitted: (principal: string) => boolean;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  limits: EventLimits;
  now: () => Date;
  randomBytes: RandomBytes;
  log: Log;
}

/** The entries without an event after which a cursor is stored even so. */
const SKIPPED_ENTRIES = 200;
/** How long another instance may be late beyond its attempt. */
const SLACK_MS = 5_000;
/** The longest timeout, so that a correction of the system clock is noticed. */
const LONGEST_MS = 60_000;
/** Statuses after which the same event is not sent again. */
const NEVER_AGAIN = [410, 413];

export class Deliverer {
  readonly #deps: DelivererDeps;
  /** The channels and tickets with subscriptions, as far as this process has met them. */
  readonly #channels = new Set<string>();
  /** Whether these are all. They never are where other processes may add some. */
  #knowsAll = false;
  /** The subscriptions that are looked at, and those of them that were woken meanwhile. */
  readonly #looking = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #finding = new Set<Promise<void>>();
  readonly #ofBoth: Turns;
  readonly #ofPrincipal: Turns;
  readonly #ofHost: Turns;
  readonly #all: Turns;
  /** The versions of channels at the last look for deliveries of other instances. */
  #versions = new Map<string, string | null>();
  #lookAgain: ReturnType<typeof setTimeout> | undefined;
  readonly #closing = new AbortController();
  readonly #figures = { delivered: 0, failed: 0 };

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#ofBoth = new Turns(limits.atOnceToHost);
    this.#ofPrincipal = new Turns(limits.atOnceForPrincipal);
    this.#ofHost = new Turns(limits.atOnceToHost);
    this.#all = new Turns(limits.atOnce);
  }

  /** Posts of this process since its start: those that receivers took, and all others. */
  get figures(): { delivered: number; failed: number } {
    return { ...this.#figures };
  }

  /** Looks for events after a commit of a channel. */
  wake({ channel: { channel_id } }: Pick<StoredChannel, "channel">): void {
    this.wakeAbout(channel_id);
  }

  /** Looks for events after a change of a channel or a ticket. */
  wakeAbout(id: string): void {
    if (this.#closed || this.#knowsAll && !this.#channels.has(id)) return;
    this.#track(() => this.#find(id));
  }

  /** Does work that the close waits for. */
  #track(work: () => Promise<void>): void {
    const finding = work().finally(() => this.#finding.delete(finding));
    this.#finding.add(finding);
  }

  /** Looks for events of a subscription that was made or refreshed. */
  begin({ id, channel_id }: Subscription): void {
    this.#channels.add(channel_id);
    this.#look(id);
  }

  /** Runs a post to a receiver when its turn comes. */
  async inTurn<T>(principal: string, url: string, post: () => Promise<T>): Promise<T> {
    const host = hostOf(url);
    // A principal's posts to one host wait for each other before they take up the principal's
    // turns, which its other receivers need.
    const toHost = () => this.#ofHost.take(host, () => this.#all.take("all", post));
    const ofPrincipal = () => this.#ofPrincipal.take(principal, toHost);
    return await this.#ofBoth.take(`${principal} ${host}`, ofPrincipal);
  }

  /** Looks at every subscription: a stop or a crash may have interrupted its deliveries. */
  async resume(): Promise<void> {
    if (this.#deps.shared) return await this.#lookForOthers();
    for await (const subscription of this.#deps.store.all()) this.begin(subscription);
    this.#knowsAll = true;
  }

  /** Ends the posts under way, which are repeated at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#lookAgain);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all([...this.#finding, ...this.#looking.values()]);
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #find(channelId: string): Promise<void> {
    try {
      for (const id of await this.#deps.store.in(channelId)) this.#look(id);
    } catch (error) {
      this.#deps.log("warn", "subscriptions_unread", { channel: channelId, error: String(error) });
      const again = () => this.#track(() => this.#find(channelId));
      this.#at(`channel ${channelId}`, this.#deps.limits.firstRetryMs, again);
    }
  }

  /** Finds the deliveries of instances that died: those of channels that have changed since the
   *  last look, and those that are due again. */
  async #lookForOthers(): Promise<void> {
    if (this.#closed) return;
    const { store, limits, log } = this.#deps;
    try {
      const all = await Array.fromAsync(store.all());
      const channelIds = [...new Set(all.map(({ channel_id }) => channel_id))];
      const versions = await store.versions(channelIds);
      const before = this.#versions;
      this.#versions = new Map(channelIds.map((id, i) => [id, versions[i]!]));
      for (const { id, channel_id, failing } of all) {
        const changed = before.get(channel_id) !== this.#versions.get(channel_id);
        if (changed || failing) this.#look(id);
      }
    } catch (error) {
      log("warn", "subscriptions_unread", { error: String(error) });
    }
    if (this.#closed) return;
    const again = () => this.#track(() => this.#lookForOthers());
    this.#lookAgain = setTimeout(again, limits.lookAgainMs);
  }

  #at(key: string, waitMs: number, then: () => unknown): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      then();
    }, Math.min(Math.max(0, waitMs), LONGEST_MS));
    this.#timers.set(key, timer);
  }

  #look(id: string): void {
    if (this.#closed) return;
    this.#again.add(id);
    if (this.#looking.has(id)) return;
    this.#looking.set(id, this.#deliverAll(id));
  }

  /** Never rejects. */
  async #deliverAll(id: string): Promise<void> {
    try {
      while (this.#again.delete(id) && !this.#closed) {
        if (await this.#deliverNext(id)) this.#again.add(id);
      }
    } catch (error) {
      if (this.#closed) return;
      this.#deps.log("warn", "delivery_postponed", { subscription: id, error: String(error) });
      this.#at(id, this.#deps.limits.firstRetryMs, () => this.#look(id));
    } finally {
      // In the same turn of the event loop as the last look at `#again`, or a look that comes
      // between the two would be lost.
      this.#looking.delete(id);
    }
  }

  /** Delivers the next event of a subscription. Returns whether there may be more now. */
  async #deliverNext(id: string): Promise<boolean> {
    const { store, now } = this.#deps;
    const stored = await store.load(id);
    if (!stored) return false;
    const { subscription } = stored;
    const time = now().getTime();
    if (subscription.expires_at <= time) {
      await store.remove(subscription);
      return false;
    }
    if (subscription.suspended) return false;
    const dueAt = Math.max(subscription.failing?.next_at ?? 0, subscription.held_until ?? 0);
    if (dueAt > time) {
      this.#at(id, dueAt - time, () => this.#look(id));
      return false;
    }
    if (!(await this.#read(subscription)).ready) return false;
    const { principal, url } = subscription;
    return await this.inTurn(principal, url, () => this.#attempt(id));
  }

  /** One attempt. Everything is read again, because the turn may have taken a while. */
  async #attempt(id: string): Promise<boolean> {
    const { store, now, limits, randomBytes, log } = this.#deps;
    const stored = await store.load(id);
    if (!stored || this.#closed) return false;
    const held = await this.#hold(stored);
    if (!held) return true;
    const { subscription } = held;
    const { ended, occurrence, cursor } = await this.#read(subscription);
    if (ended) {
      await store.remove(subscription);
      log("info", "subscription_ended", { subscription: id });
      const messageId = `msg_terminated_${randomBytes(12).toHex()}`;
      await this.#post(subscription, messageId, TERMINATED);
      return false;
    }
    if (!occurrence) {
      await this.#change(id, (newest) => newest);
      return true;
    }
    const posted = await this.#post(subscription, occurrence.eventId, this.#bodyOf(occurrence));
    if (this.#closed) return false;
    if (posted === null) {
      log("warn", "subscription_unsealable", { subscription: id });
      await store.remove(subscription);
      return false;
    }
    const error = failureIn(posted);
    this.#figures[error === null ? "delivered" : "failed"]++;
    const isOver = error === null || "status" in posted && NEVER_AGAIN.includes(posted.status);
    if (!isOver) log("info", "delivery_failed", { subscription: id, error });
    await this.#change(id, (newest) => {
      if (!isOver) return afterFailure(newest, error, now().getTime(), limits);
      const { failing: _, ...rest } = newest;
      return {
        ...rest,
        cursor: newest.cursor.entry > cursor.entry ? newest.cursor : cursor,
        ...(error === null && { delivered_at: now().getTime() }),
      };
    });
    return true;
  }

  /** The next event, with the rights that the owner has now. */
  async #read(subscription: Subscription) {
    const { store, reader, isAdmitted } = this.#deps;
    const { id, principal, grant_id, name, cursor } = subscription;
    const ended = { ready: true, ended: true, occurrence: undefined, cursor };
    if (!isAdmitted(principal) || await store.grantEnd(grant_id) === null) return ended;
    const access = accessOf(subscription);
    try {
      const opened = await this.#opened(subscription);
      if ((opened.seat?.player_id ?? null) !== subscription.player_id) return ended;
      const next = await reader.next(name, { access, kinds: subscription.kinds, cursor }, opened);
      const skipped = next.cursor.entry - cursor.entry;
      if (!next.occurrence && skipped >= SKIPPED_ENTRIES) {
        await this.#change(id, (newest) => ({ ...newest, cursor: next.cursor }));
      }
      return { ready: next.occurrence !== undefined, ended: false, ...next };
    } catch (error) {
      if (error instanceof Refusal && error.code !== "UNAVAILABLE") return ended;
      throw error;
    }
  }

  /** The channel for the subscription's owner, as for the call that made it. If that call would now
   *  leave open which seat it means, the seat's own token says it. */
  async #opened(subscription: Subscription): Promise<Opened> {
    const { reader } = this.#deps;
    const { name, seat_hash } = subscription;
    const access = accessOf(subscription);
    try {
      return await reader.open(name, access);
    } catch (error) {
      const isOpen = error instanceof Refusal && error.code === "SEAT_AMBIGUOUS";
      if (!isOpen || seat_hash === undefined) throw error;
      return await reader.open(name, { ...access, rejoinHash: seat_hash });
    }
  }

  /** Keeps other instances from delivering the same event. Null if the subscription has changed
   *  meanwhile. */
  async #hold(stored: StoredSubscription): Promise<StoredSubscription | null> {
    const { store, shared, now, limits } = this.#deps;
    const time = now().getTime();
    if ((stored.subscription.held_until ?? 0) > time) return null;
    if (!shared) return stored;
    const held_until = time + limits.attemptMs + SLACK_MS;
    const subscription = { ...stored.subscription, held_until };
    return await store.put(subscription, stored.version, now())
      ? { ...stored, subscription }
      : null;
  }

  /** Changes the newest version of a subscription, which is no longer held then; nothing if it has
   *  ended. */
  async #change(id: string, change: (newest: Subscription) => Subscription): Promise<void> {
    const { store, now } = this.#deps;
    for (;;) {
      const stored = await store.load(id);
      if (!stored) return;
      const { held_until: _, ...newest } = stored.subscription;
      if (await store.put(change(newest), stored.version, now())) return;
    }
  }

  /** Null if the secret was sealed with another key than this server's. */
  async #post(subscription: Subscription, messageId: string, body: string): Promise<Posted | null> {
    const { vault, post, now } = this.#deps;
    const { id, url, secret, secret_before } = subscription;
    const sealed = [secret];
    if (secret_before && secret_before.until > now().getTime()) sealed.push(secret_before.sealed);
    const secrets = await Promise.all(sealed.map((each) => vault.open(each, id)));
    if (secrets.includes(null)) return null;
    const signing = secrets as string[];
    const message = { url, id: messageId, subscriptionId: id, secrets: signing, body };
    return await post(message, this.#closing.signal);
  }

  /** An event that is too large says so, and where to read it. */
  #bodyOf(occurrence: Occurrence): string {
    const { jsonOf, limits } = this.#deps;
    const whole = jsonOf(occurrence);
    if (utf8ToBytes(whole).length <= limits.bodyBytes) return whole;
    const { channel_id } = occurrence.data;
    return jsonOf({
      ...occurrence,
      data: { channel_id, too_large: "Read it with sync_messages." },
    });
  }
}

/** The same whatever has ended a subscription, so that it tells a former member nothing. */
const TERMINATED = JSON.stringify({
  type: "terminated",
  error: { code: -32012, message: "Forbidden", data: { reason: "Access revoked" } },
});

/** The access of the call that made the subscription. */
function accessOf(subscription: Subscription): Access {
  const { principal, conversation, channel_id: channelId, rejoin_hash: rejoinHash } = subscription;
  return { caller: { principal, conversation }, channelId, rejoinHash };
}
