/** Puts together what delivers events to subscribers. */
import { Deliverer } from "../channels/events/deliverer.ts";
import { EventReader } from "../channels/events/event_reader.ts";
import { matchFound, type TellMatch } from "../channels/events/match_found.ts";
import { messageCreated } from "../channels/events/message_created.ts";
import { type TellCalled, turnMine } from "../channels/events/turn_mine.ts";
import type { EventSource } from "../channels/events/event_source.ts";
import { Subscriber } from "../channels/events/subscriber.ts";
import type { ShownChannels } from "../channels/shown.ts";
import type { ChannelRegistry } from "../channels/writing/registry.ts";
import type { Access } from "../domain/channel/seat.ts";
import { isGuest } from "../domain/channel/principal.ts";
import { EVENT_LIMITS, type EventLimits } from "../domain/limits/events.ts";
import { RateLimiter } from "../domain/limits/rate_limit.ts";
import { RATES } from "../domain/limits/work.ts";
import type { Log } from "../kernel/log.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import { fencedJson } from "../mcp/untrusted_text.ts";
import { isOpen, noTicket } from "../lobby/lobby.ts";
import { calledAnswer, shortCalled } from "../operations/called_answer.ts";
import { shortTicket, ticketAnswer, TicketOutput } from "../operations/ticket_answer.ts";
import type { Services } from "../operations/operation.ts";
import type { ProxySettings } from "../outbound/proxy.ts";
import type { TestNetwork } from "../outbound/public_connection.ts";
import { webhookPost } from "../outbound/webhook.ts";
import type { EnvVault } from "../store/channel/env_vault.ts";
import type { SubscriptionStore } from "../store/channel/subscription_store.ts";

export interface EventsParts {
  /** Whether other processes may write to the same database. */
  shared: boolean;
  /** Whether the server admits guests. */
  guests: boolean;
  /** See `Config`. */
  proxy?: ProxySettings | undefined;
  testNetwork?: TestNetwork | undefined;
  testEvents?: Partial<EventLimits> | undefined;
  log: Log;
  now: () => Date;
  /** A monotonic clock, in milliseconds. */
  nowMs: () => number;
  randomBytes: RandomBytes;
}

export function eventsOn(
  parts: EventsParts,
  { store, registry, shown, vault, services }: {
    store: SubscriptionStore;
    registry: ChannelRegistry;
    shown: ShownChannels;
    vault: EnvVault;
    /** Returns the services, once there are any. */
    services: () => Services;
  },
): { events: Subscriber; deliverer: Deliverer } {
  const { shared, guests, now, nowMs, randomBytes, log } = parts;
  const limits = { ...EVENT_LIMITS, ...parts.testEvents };
  const reader = new EventReader({
    shown,
    sources: new Map<string, EventSource>([
      ["turn.mine", turnMine(registry, tellerOf(services))],
      ["message.created", messageCreated(registry)],
      ["match.found", matchFound(matchTellerOf(services), keeperOf(services))],
    ]),
  });
  const { proxy, testNetwork: test } = parts;
  const post = webhookPost({ proxy, test, withinMs: limits.attemptMs, now });
  const shares = { store, reader, vault, post, limits, now, randomBytes };
  const deliverer = new Deliverer({
    ...shares,
    jsonOf: fencedJson,
    isAdmitted: (principal) => guests || !isGuest(principal),
    shared,
    log,
  });
  const refusals = new RateLimiter(RATES, nowMs);
  return { events: new Subscriber({ ...shares, registry, deliverer, refusals }), deliverer };
}

/** Tells a called player what `wait_for_turn` answers, in its short form. */
function tellerOf(services: () => Services): TellCalled {
  return async (access, cursor) => {
    const { channelId } = access;
    const reading = await services().turnWaiter.look(access, { cursor });
    if (reading.why === "timeout" || reading.why === "removed") return null;
    const answer = shortCalled(calledAnswer(services(), channelId, reading));
    return { entry: reading.cursor, data: { channel_id: channelId, ...answer } };
  };
}

/** Tells the owner of a ticket what `find_match` answers, in its short form. The token of the seat
 *  is not sent out. */
function matchTellerOf(services: () => Services): TellMatch {
  return async ({ caller, channelId: ticketId }) => {
    const ticket = await services().lobby.peek(caller, ticketId);
    if (isOpen(ticket)) return null;
    const answer = await ticketAnswer(caller, services(), ticket);
    if (!answer.view) throw noTicket();
    const { rejoin_token: _, ...data } = shortTicket(TicketOutput.parse(answer));
    return { timestamp: answer.view.created_at, data };
  };
}

function keeperOf(services: () => Services) {
  return async ({ caller, channelId }: Access, until: number) => {
    await services().lobby.keepUntil(caller, channelId, until);
  };
}
