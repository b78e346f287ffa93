/** A kind of event: what it tells a viewer of a channel, or the owner of a ticket, after a cursor.
 *  A source keeps nothing, so that subscriptions, polls and repeated deliveries get the same
 *  events. */
import type { Seat } from "../../domain/channel/channel.ts";
import type { Access, Viewer } from "../../domain/channel/seat.ts";
import type { EventCursor } from "../../domain/channel/subscription.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";

export interface Asked {
  access: Access;
  /** The kinds of messages that are wanted; undefined for all. */
  kinds: readonly string[] | undefined;
  cursor: EventCursor;
}

interface Told {
  /** The cursor after the event; without one, after everything that is none for this viewer. */
  cursor: EventCursor;
  /** Absent if there is no event up to the end of the channel. */
  event?: {
    /** The same whenever the event is told again. */
    key: string;
    /** ISO 8601. */
    timestamp: string;
    data: Record<string, unknown>;
  };
}

/** What a caller subscribes to, as it is now. */
export interface Opened {
  /** The caller's seat, where it counts. */
  seat: Seat | null;
  /** Where a subscription without a cursor begins, and the last place that a cursor may name. */
  begin: number;
  end: number;
  /** The first event after the cursor. */
  next(asked: Asked): Promise<Told>;
}

/** Events of something else than a channel. `channelId` of its access is the id of that. */
export interface OtherSource {
  replays: false;
  /** Throws what a call would throw. */
  open(access: Access): Promise<Opened>;
  /** Notes until when a subscription lasts, in milliseconds since 1970; 0 once it is ended. */
  subscribed(access: Access, until: number): Promise<void>;
}

/** Events of a channel. */
export interface ChannelSource {
  /** Whether only a player gets such events. */
  needsSeat: boolean;
  /** Whether events of the past may be told: otherwise a client that names an old cursor gets only
   *  what stands now. */
  replays: boolean;
  /** The first event after the cursor, as the viewer may read it in this state. */
  next(asked: Asked, state: StoredChannel, viewer: Viewer): Promise<Told>;
}

export type EventSource = ChannelSource | OtherSource;
