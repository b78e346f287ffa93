/** Event subscriptions in Deno KV, and the indexes by which they are found: of a channel, of a
 *  principal, and to a host. Every change of one checks that it is still the one that was read.
 *  `expireIn` only cleans up: whoever reads a subscription compares `expires_at`. */
import { hostOf, Subscription } from "../../domain/channel/subscription.ts";
import { isTicketId } from "../../domain/lobby/ticket.ts";
import { secretHash } from "../../kernel/hash.ts";
import { decode, encode } from "../codec.ts";
import { keys } from "../keys.ts";

/** A subscription as read. `version` is its versionstamp. */
export interface StoredSubscription {
  subscription: Subscription;
  version: string;
}

/** The most keys that Deno KV reads in one request. */
const MAX_READS = 10;

export class SubscriptionStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async load(id: string): Promise<StoredSubscription | null> {
    const { value, versionstamp } = await this.#kv.get(keys.subscription(id));
    if (versionstamp === null) return null;
    return { subscription: decode(Subscription, value), version: versionstamp };
  }

  /** Writes a subscription over the version that was read; null for a new one. Returns whether it
   *  was still that version. */
  async put(subscription: Subscription, version: string | null, now: Date): Promise<boolean> {
    const { id, channel_id, principal, url, expires_at } = subscription;
    const key = keys.subscription(id);
    const lifetime = { expireIn: Math.max(1, expires_at - now.getTime()) };
    const atomic = this.#kv.atomic().check({ key, versionstamp: version })
      .set(key, encode(subscription), lifetime);
    // They live as long as the subscription, so a change of its end moves them, too.
    for (
      const index of [
        keys.subscriptionIn(channel_id, id),
        keys.subscriptionOf(principal, id),
        keys.subscriptionTo(hostOf(url), id),
      ]
    ) {
      atomic.set(index, true, lifetime);
    }
    return (await atomic.commit()).ok;
  }

  async remove({ id, channel_id, principal, url }: Subscription): Promise<void> {
    await this.#kv.atomic()
      .delete(keys.subscription(id))
      .delete(keys.subscriptionIn(channel_id, id))
      .delete(keys.subscriptionOf(principal, id))
      .delete(keys.subscriptionTo(hostOf(url), id))
      .commit();
  }

  /** The ids of a channel's subscriptions. */
  async in(channelId: string): Promise<string[]> {
    return await this.#ids(keys.subscriptionsIn(channelId));
  }

  /** Whether a principal has at least `most` subscriptions. */
  async isFullFor(principal: string, most: number): Promise<boolean> {
    return (await this.#ids(keys.subscriptionsOf(principal), most)).length >= most;
  }

  /** Whether at least `most` subscriptions deliver to a host. */
  async isFullTo(host: string, most: number): Promise<boolean> {
    return (await this.#ids(keys.subscriptionsTo(host), most)).length >= most;
  }

  async #ids(prefix: Deno.KvKey, limit?: number): Promise<string[]> {
    const ids: string[] = [];
    const options = limit === undefined ? {} : { limit };
    for await (const { key } of this.#kv.list({ prefix }, options)) ids.push(String(key.at(-1)));
    return ids;
  }

  async *all(): AsyncGenerator<Subscription> {
    for await (const { value } of this.#kv.list({ prefix: keys.subscriptions() })) {
      yield decode(Subscription, value);
    }
  }

  /** The versions of channels' heads and of tickets, in order; null for what does not exist. */
  async versions(ids: readonly string[]): Promise<(string | null)[]> {
    const versions: (string | null)[] = [];
    for (let at = 0; at < ids.length; at += MAX_READS) {
      const some = ids.slice(at, at + MAX_READS);
      const heads = await this.#kv.getMany<unknown[]>(some.map(keyOf));
      versions.push(...heads.map(({ versionstamp }) => versionstamp));
    }
    return versions;
  }

  /** When a grant ends, in milliseconds since 1970; null once it has been revoked. */
  async grantEnd(grantId: string): Promise<number | null> {
    const { value } = await this.#kv.get<{ expiresAt: Date }>(keys.grant(grantId));
    return value === null ? null : value.expiresAt.getTime();
  }

  /** Whether a receiver has proved to a principal that it wants deliveries. */
  async isVerified(principal: string, url: string, now: Date): Promise<boolean> {
    const { value } = await this.#kv.get<number>(keys.receiver(receiverId(principal, url)));
    return value !== null && value > now.getTime();
  }

  async keepVerified(principal: string, url: string, until: number, now: Date): Promise<void> {
    const lifetime = { expireIn: Math.max(1, until - now.getTime()) };
    await this.#kv.set(keys.receiver(receiverId(principal, url)), until, lifetime);
  }
}

function keyOf(id: string): Deno.KvKey {
  return isTicketId(id) ? keys.ticket(id) : keys.head(id);
}

function receiverId(principal: string, url: string): string {
  return secretHash(JSON.stringify([principal, url]));
}
