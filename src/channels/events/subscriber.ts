/** Makes, refreshes and ends event subscriptions, and answers polls. A receiver proves that it
 *  wants deliveries before it gets the first one. */
import type { Access } from "../../domain/channel/seat.ts";
import {
  cursorIn,
  cursorText,
  type DeliveryError,
  type EventCursor,
  expiryOf,
  hostOf,
  type Subscription,
  subscriptionId,
} from "../../domain/channel/subscription.ts";
import type { EventLimits } from "../../domain/limits/events.ts";
import { Turns } from "../../domain/limits/turns.ts";
import type { RateLimiter } from "../../domain/limits/rate_limit.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import type { PostWebhook } from "../../outbound/webhook.ts";
import { secretBytes } from "../../outbound/webhook.ts";
import type { EnvVault } from "../../store/channel/env_vault.ts";
import type { SubscriptionStore } from "../../store/channel/subscription_store.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Deliverer } from "./deliverer.ts";
import type { EventReader, Occurrence } from "./event_reader.ts";
import type { Opened } from "./event_source.ts";
import { EventRefusal, receiverRefused } from "./event_refusal.ts";
import { challenge, receiverUrl } from "./receiver.ts";

/** What a client wants to be told. */
export interface Wanted {
  name: string;
  access: Access;
  /** The kinds of messages; undefined for all. */
  kinds: readonly string[] | undefined;
  /** Where to begin; undefined for now. */
  cursor: string | undefined;
  /** How old the first event may be. */
  maxAgeMs: number | undefined;
}

interface SubscribeRequest extends Wanted {
  grantId: string;
  url: string;
  secret: string;
  ttlMs: number | undefined;
}

type Subscribed = {
  id: string;
  refreshBefore: string;
  cursor: string;
  truncated: boolean;
  /** Present when the subscription existed. */
  deliveryStatus?: Record<string, unknown>;
};

interface SubscriberDeps {
  registry: ChannelRegistry;
  store: SubscriptionStore;
  reader: EventReader;
  deliverer: Deliverer;
  vault: EnvVault;
  post: PostWebhook;
  /** Counts the refusals of hosts. */
  refusals: RateLimiter;
  limits: EventLimits;
  now: () => Date;
  randomBytes: RandomBytes;
}

export class Subscriber {
  readonly #deps: SubscriberDeps;
  /** The verifications under way, by principal and URL. */
  readonly #verifying = new Map<string, Promise<DeliveryError | null>>();
  /** A principal's subscriptions are counted and stored one after the other, or many at once would
   *  all find room. */
  readonly #making = new Turns(1);

  constructor(deps: SubscriberDeps) {
    this.#deps = deps;
  }

  /** Makes a subscription, or refreshes the one that is equal. */
  async subscribe(request: SubscribeRequest): Promise<Subscribed> {
    const { store, reader, limits } = this.#deps;
    const { name, access, secret, grantId } = request;
    reader.source(name);
    const url = receiverUrl(request.url, limits);
    if (!secretBytes(secret)) throw wrongSecret(limits);
    const opened = await reader.open(name, access);
    const { principal } = access.caller;
    const id = idOf(request, url);
    await this.#refuseTooMany(id, principal, url);
    const grantEnd = await store.grantEnd(grantId) ?? 0;
    await this.#verify(principal, { url, secret, subscriptionId: id });
    return await this.#making.take(principal, async () => {
      await this.#refuseTooMany(id, principal, url);
      return await this.#store(request, opened, { id, url, grantEnd });
    });
  }

  /** Stores a subscription whose receiver has proved that it wants it. */
  async #store(
    request: SubscribeRequest,
    opened: Opened,
    { id, url, grantEnd }: { id: string; url: string; grantEnd: number },
  ): Promise<Subscribed> {
    const { store, vault, deliverer, limits, now } = this.#deps;
    const { name, access, kinds, secret, grantId, ttlMs } = request;
    const { seat } = opened;
    const { principal, conversation } = access.caller;
    const begun = await this.#beginning(request, opened);
    const sealed = await vault.seal(secret, id);
    for (;;) {
      const time = now().getTime();
      const stored = await store.load(id);
      const before = stored && stored.subscription.expires_at > time ? stored.subscription : null;
      const secret_before = before && await vault.open(before.secret, id) !== secret
        ? { sealed: before.secret, until: time + limits.secretGraceMs }
        : before?.secret_before;
      const { failing, suspended: _, ...kept } = before ?? {};
      const subscription: Subscription = {
        ...kept,
        id,
        principal,
        grant_id: grantId,
        conversation,
        rejoin_hash: access.rejoinHash,
        player_id: seat?.player_id ?? null,
        ...(seat && { seat_hash: seat.rejoin_hash }),
        name,
        channel_id: access.channelId,
        ...(kinds && { kinds: [...kinds] }),
        url,
        secret: sealed,
        ...(secret_before && { secret_before }),
        expires_at: expiryOf(ttlMs, grantEnd, time, limits),
        // A live subscription goes on from where it stands, whatever its owner has read by now.
        cursor: before?.cursor ?? begun.cursor,
        ...(failing && { failing: { ...failing, since: time, tries: 0, next_at: time } }),
      };
      if (!await store.put(subscription, stored?.version ?? null, now())) continue;
      await this.#noteEnd(name, access, subscription.expires_at);
      deliverer.begin(subscription);
      return {
        id,
        refreshBefore: new Date(subscription.expires_at).toISOString(),
        cursor: cursorText(subscription.cursor),
        truncated: before ? false : begun.truncated,
        ...(before && { deliveryStatus: statusOf(before) }),
      };
    }
  }

  async unsubscribe(wanted: Pick<SubscribeRequest, "name" | "access" | "kinds" | "url">) {
    const { store, reader, limits } = this.#deps;
    reader.source(wanted.name);
    const stored = await store.load(idOf(wanted, receiverUrl(wanted.url, limits)));
    if (stored) {
      await store.remove(stored.subscription);
      return await this.#noteEnd(wanted.name, wanted.access, 0);
    }
    throw new EventRefusal(
      "not_found",
      "You have no such subscription. Its name, arguments and delivery.url are those of " +
        "events/subscribe.",
      { kind: "subscription" },
    );
  }

  async #noteEnd(name: string, access: Access, until: number): Promise<void> {
    const source = this.#deps.reader.source(name);
    if ("subscribed" in source) await source.subscribed(access, until);
  }

  /** The events after a cursor; none after no cursor, which means now. */
  async poll(wanted: Wanted & { maxEvents: number | undefined }) {
    const { reader, limits } = this.#deps;
    const { name, access, kinds } = wanted;
    reader.source(name);
    const opened = await reader.open(name, access);
    let { cursor, truncated } = await this.#beginning(wanted, opened);
    const events: Omit<Occurrence, "cursor">[] = [];
    const most = Math.min(wanted.maxEvents ?? limits.polledEvents, limits.polledEvents);
    let hasMore = wanted.cursor !== undefined;
    while (hasMore && events.length < most) {
      const next = await reader.next(name, { access, kinds, cursor }, opened);
      cursor = next.cursor;
      if (!next.occurrence) hasMore = false;
      else {
        const { cursor: _, ...event } = next.occurrence;
        events.push(event);
      }
    }
    const { nextPollMs } = limits;
    return { events, cursor: cursorText(cursor), truncated, hasMore, nextPollMs };
  }

  /** Refuses a new subscription where there are as many as there may be. */
  async #refuseTooMany(id: string, principal: string, url: string): Promise<void> {
    const { store, limits: { subscriptions, subscriptionsToHost } } = this.#deps;
    if (await store.load(id)) return;
    if (await store.isFullFor(principal, subscriptions)) {
      throw new EventRefusal(
        "exhausted",
        `You have ${subscriptions} subscriptions, the most there may be. End one with ` +
          "events/unsubscribe.",
        { limit: "subscriptions", max: subscriptions },
      );
    }
    if (await store.isFullTo(hostOf(url), subscriptionsToHost)) {
      throw new EventRefusal(
        "exhausted",
        "Too many subscriptions deliver to this host. Try again later.",
        { limit: "subscriptions_to_host", max: subscriptionsToHost },
      );
    }
  }

  /** Throws unless the receiver has proved to this principal that it wants deliveries. */
  async #verify(
    principal: string,
    receiver: { url: string; secret: string; subscriptionId: string },
  ): Promise<void> {
    const { store, deliverer, refusals, limits, now } = this.#deps;
    const { url } = receiver;
    if (await store.isVerified(principal, url, now())) return;
    const key = `${principal} ${url}`;
    const verifying = this.#verifying.get(key) ?? deliverer.inTurn(principal, url, async () => {
      const host = hostOf(url);
      const { retryAfterMs } = refusals.look("refusals_of_host", host);
      if (retryAfterMs > 0) {
        throw new EventRefusal(
          "exhausted",
          "This host has refused deliveries too often. Try again later.",
          { limit: "verifications_of_host", retry_after_ms: retryAfterMs },
        );
      }
      const failure = await challenge(this.#deps, receiver);
      if (failure !== null) refusals.charge("refusals_of_host", host);
      return failure;
    }).finally(() => this.#verifying.delete(key));
    this.#verifying.set(key, verifying);
    const failure = await verifying;
    if (failure !== null) throw receiverRefused(failure);
    await store.keepVerified(principal, url, now().getTime() + limits.verifiedMs, now());
  }

  /** Where delivery begins: at the client's cursor, but not too far back. */
  async #beginning(
    { name, access, cursor, maxAgeMs }: Wanted,
    { begin, end: last }: Opened,
  ): Promise<{ cursor: EventCursor; truncated: boolean }> {
    const { registry, reader, limits, now } = this.#deps;
    if (cursor === undefined) return { cursor: { entry: begin }, truncated: false };
    const asked = cursorIn(cursor);
    if (!asked || asked.entry > last) {
      return { cursor: { entry: begin }, truncated: true };
    }
    if (!reader.source(name).replays) return { cursor: asked, truncated: false };
    let entry = Math.max(asked.entry, last - limits.replayedEntries);
    if (maxAgeMs !== undefined) {
      const oldest = now().getTime() - maxAgeMs;
      let end = last;
      while (entry < end) {
        const middle = Math.floor((entry + end) / 2);
        const [next] = await registry.entries(access.channelId, middle, 1);
        if (next && Date.parse(next.ts) < oldest) entry = middle + 1;
        else end = middle;
      }
    }
    return { cursor: { ...asked, entry }, truncated: entry > asked.entry };
  }
}

function idOf({ name, access, kinds }: Pick<Wanted, "name" | "access" | "kinds">, url: string) {
  const { channelId, rejoinHash, caller: { principal } } = access;
  return subscriptionId(principal, url, name, {
    channel_id: channelId,
    ...(rejoinHash !== null && { seat: rejoinHash }),
    ...(kinds && { kinds: [...kinds] }),
  });
}

/** The Events extension's `deliveryStatus`, as it was before the refresh. */
function statusOf({ suspended, failing, delivered_at }: Subscription): Record<string, unknown> {
  const iso = (time: number | undefined) =>
    time === undefined ? null : new Date(time).toISOString();
  return {
    active: !suspended,
    lastDeliveryAt: iso(delivered_at),
    lastError: failing?.error ?? null,
    ...(failing && { failedSince: iso(failing.since) }),
  };
}

function wrongSecret({ fewestSecretBytes, mostSecretBytes }: EventLimits): EventRefusal {
  return new EventRefusal(
    "invalid",
    `delivery.secret: give whsec_ and the base64 of ${fewestSecretBytes} to ${mostSecretBytes} ` +
      "random bytes.",
  );
}
