/** Reads the next event of a channel or a ticket for its subscriber, with the subscriber's rights
 *  of this moment: exactly those that a call would have. */
import type { Access } from "../../domain/channel/seat.ts";
import type { EventCursor } from "../../domain/channel/subscription.ts";
import { cursorText } from "../../domain/channel/subscription.ts";
import { secretHash } from "../../kernel/hash.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { ShownChannels } from "../shown.ts";
import { EventRefusal } from "./event_refusal.ts";
import type { Asked, EventSource, Opened } from "./event_source.ts";

/** An event as it is delivered: the Events extension's `EventOccurrence`. */
export interface Occurrence {
  eventId: string;
  name: string;
  timestamp: string;
  data: Record<string, unknown>;
  cursor: string;
}

interface EventReaderDeps {
  shown: ShownChannels;
  /** By the names of events. */
  sources: ReadonlyMap<string, EventSource>;
}

export class EventReader {
  readonly #deps: EventReaderDeps;

  constructor(deps: EventReaderDeps) {
    this.#deps = deps;
  }

  get names(): string[] {
    return [...this.#deps.sources.keys()];
  }

  source(name: string): EventSource {
    const source = this.#deps.sources.get(name);
    if (source) return source;
    const text = `There is no event ${name.slice(0, 60)}. events/list has: ${
      this.names.join(", ")
    }.`;
    throw new EventRefusal("not_found", text, { kind: "event" });
  }

  /** The channel in its newest state, and the caller's seat in it, or the caller's ticket. Throws
   *  the refusals that a call would get. */
  async open(name: string, access: Access): Promise<Opened> {
    const source = this.source(name);
    if ("open" in source) return await source.open(access);
    const { state, viewer, after } = await this.#deps.shown.open(access);
    const { size } = state.head;
    if (viewer.seat || !source.needsSeat) {
      const next = ({ cursor, ...asked }: Asked) => {
        const from = { ...cursor, entry: Math.max(cursor.entry, after) };
        return source.next({ ...asked, cursor: from }, state, viewer);
      };
      return { seat: viewer.seat, begin: size, end: size, next };
    }
    throw new Refusal(
      "NOT_MEMBER",
      `${name} tells players of their turns, and you hold no seat in this channel. Call ` +
        "join_channel with an invite, or subscribe to message.created.",
    );
  }

  /** The first event after a cursor, and the cursor after it. */
  async next(
    name: string,
    asked: Asked,
    opened: Opened,
  ): Promise<{ cursor: EventCursor; occurrence?: Occurrence }> {
    const { cursor, event } = await opened.next(asked);
    if (!event) return { cursor };
    const { key, timestamp, data } = event;
    const { channelId } = asked.access;
    const told = [channelId, opened.seat?.player_id ?? null, name, key];
    const eventId = `evt_${secretHash(JSON.stringify(told)).slice(0, 32)}`;
    return { cursor, occurrence: { eventId, name, timestamp, data, cursor: cursorText(cursor) } };
  }
}
