/** Gathers what the page for operators shows, from the parts of this process and from the
 *  database. */
import type { Deliverer } from "../channels/events/deliverer.ts";
import type { Waiters } from "../channels/reading/waiters.ts";
import { providerOf } from "../domain/channel/principal.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";
import { reused } from "../kernel/reused.ts";
import type { Readiness } from "../http/health.ts";
import type { SetupNotices } from "../http/setup_notices.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { CHANNEL_STATES, type ChannelState } from "../store/channel/channel_index.ts";
import type { ChannelStore } from "../store/channel/channel_store.ts";
import type { SubscriptionStore } from "../store/channel/subscription_store.ts";
import type { Count, NewChannel, OperatorFigures } from "../web/operator/figures.ts";
import type { Streams } from "../web/live/streams.ts";

/** The parts of the services that are counted. */
export interface Counted {
  store: ChannelStore;
  subscriptions: SubscriptionStore;
  deliverer: Deliverer;
  waiters: Waiters;
}

interface OperatorParts {
  instance: Pick<OperatorFigures["instance"], "id" | "version">;
  shared: boolean;
  counted: Counted;
  sandbox: Sandbox;
  streams: Streams;
  ready: () => Promise<Readiness>;
  setup: SetupNotices;
  /** See `AppParts`. */
  connections: (() => number | undefined) | undefined;
  fileBytes: (() => Promise<number | undefined>) | undefined;
  /** The bound of what is stored for all guests together. */
  guestsLimit: number;
  now: () => Date;
}

/** The most records of a kind that are counted. */
const MOST = 10_000;
const NEWEST = 20;
/** The most summaries of channels that are read in one request. */
const READ_TOGETHER = 10;

/** Callers share the figures for a moment: to count takes many reads. */
export function operatorFigures(parts: OperatorParts): () => Promise<OperatorFigures> {
  const { instance, shared, counted, sandbox, streams, ready, connections, now } = parts;
  const { store, deliverer, waiters } = counted;
  const startedAt = now();
  return reused(async () => {
    const [readiness, fileBytes, totals, channels, subscriptions] = await Promise.all([
      ready(),
      parts.fileBytes?.(),
      store.ledger.totals(MOST),
      channelsIn(store),
      subscriptionsIn(counted.subscriptions),
    ]);
    return {
      instance: { ...instance, startedAt, at: now(), memoryBytes: Deno.memoryUsage().rss },
      shared,
      readiness,
      setup: parts.setup.all,
      sandbox: sandbox.figures(),
      traffic: {
        connections: connections?.(),
        streams: streams.open,
        waiting: waiters.count,
      },
      channels,
      storage: {
        fileBytes,
        guests: { ...totals.guests, limit: parts.guestsLimit },
        people: totals.people,
      },
      deliveries: { ...subscriptions, ...deliverer.figures },
    };
  }, SHARED_WORK.readyForMs);
}

async function channelsIn(store: ChannelStore): Promise<OperatorFigures["channels"]> {
  const [going, over, closed, pending, newest] = await Promise.all([
    store.count("going", MOST),
    store.count("over", MOST),
    store.count("closed", MOST),
    countOf(store.pending()),
    newestIn(store),
  ]);
  const upTo = (count: number): Count => ({ count, most: MOST });
  return {
    states: { going: upTo(going), over: upTo(over), closed: upTo(closed) },
    pending: upTo(pending),
    newest,
  };
}

async function newestIn(store: ChannelStore): Promise<NewChannel[]> {
  const listed = await Promise.all(
    CHANNEL_STATES.map(async (state) =>
      (await store.newestIn(state, NEWEST)).map((each) => ({ ...each, state }))
    ),
  );
  const newest = listed.flat().toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, NEWEST);
  const found: NewChannel[] = [];
  for (let from = 0; from < newest.length; from += READ_TOGETHER) {
    const some = newest.slice(from, from + READ_TOGETHER);
    const summaries = await store.summaries(some.map(({ id }) => id));
    found.push(...some.flatMap((each, i) => summaries[i] ? [shown(each, summaries[i])] : []));
  }
  return found;
}

function shown(
  place: { id: string; at: string; state: ChannelState },
  { visibility, creator, seats, slots }: NonNullable<
    Awaited<ReturnType<ChannelStore["summaries"]>>[number]
  >,
): NewChannel {
  return {
    ...place,
    visibility,
    by: providerOf(creator),
    taken: seats.length,
    seats: slots.filter(({ kind }) => kind === "invite").length,
  };
}

async function subscriptionsIn(store: SubscriptionStore) {
  let [count, failing, suspended] = [0, 0, 0];
  for await (const subscription of store.all()) {
    if (subscription.suspended) suspended++;
    else if (subscription.failing) failing++;
    if (++count >= MOST) break;
  }
  return { subscriptions: { count, most: MOST }, failing, suspended };
}

async function countOf(all: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of all) if (++count >= MOST) break;
  return count;
}
