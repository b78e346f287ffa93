/** Links to exports: offered to whoever may read a channel, and taken without asking again who it is. */
import { LIMITS } from "../domain/limits.ts";
import { type Caller, viewerOf } from "../domain/seat.ts";
import type { Exporter } from "./exporter.ts";
import { issueTicket, openTicket } from "./export_ticket.ts";
import type { ChannelRegistry } from "./registry.ts";

export interface ExportOffersDeps {
  registry: ChannelRegistry;
  exporter: Exporter;
  /** 32 secret bytes, the same on every instance. */
  key: Uint8Array;
  publicUrl: string;
  now: () => Date;
}

export class ExportOffers {
  readonly #deps: ExportOffersDeps;

  constructor(deps: ExportOffersDeps) {
    this.#deps = deps;
  }

  /** A link to the channel as the caller may see it. Refuses whoever may not read it. */
  async offer(
    caller: Caller,
    channelId: string,
    rejoinHash: string | null,
  ): Promise<{ url: string; expiresAt: Date; size: number }> {
    const { registry, key, publicUrl, now } = this.#deps;
    const { channel, head } = await registry.load(channelId);
    const { seat } = viewerOf(channel, caller, rejoinHash);
    const expiresMs = now().getTime() + LIMITS.exportLinkMs;
    const ticket = issueTicket(key, { channelId, viewer: seat?.player_id ?? null, expiresMs });
    return {
      url: `${publicUrl}/exports/${ticket}`,
      expiresAt: new Date(expiresMs),
      size: head.size,
    };
  }

  /** The export behind a ticket, in pieces of text; null when the ticket opens nothing. */
  async take(text: string): Promise<AsyncGenerator<string> | null> {
    const { registry, exporter, key, now } = this.#deps;
    const ticket = openTicket(key, text, now());
    if (!ticket) return null;
    return exporter.exportFor(await registry.load(ticket.channelId), ticket.viewer);
  }
}
