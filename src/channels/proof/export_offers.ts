/** Links to exports. The server issues them to readers of a channel; the link alone then gives
 *  access to what was there at that moment, for as long as the reader may read the channel. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { withAgreement } from "../../domain/channel/deletion.ts";
import { type Access, isOpen, readersOf } from "../../domain/channel/seat.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Exporter } from "./exporter.ts";
import { holderOf, issueTicket, openTicket, type Ticket } from "./export_ticket.ts";
import type { TreeSigner } from "./tree_signer.ts";
import { refusePart, type ShownChannels } from "../shown.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

interface ExportOffersDeps {
  registry: ChannelRegistry;
  shown: ShownChannels;
  exporter: Exporter;
  signer: TreeSigner;
  /** 32 secret bytes, the same on every instance. */
  key: Uint8Array;
  publicUrl: string;
  now: () => Date;
}

/** A summary of an export, for anyone who has its link. */
export interface OfferedExport {
  channelId: string;
  name: string;
  /** A player id, or null for a spectator. */
  viewer: string | null;
  size: number;
  /** The signed tree head. */
  checkpoint: string;
  /** Ed25519, base64. */
  publicKey: string;
  expiresAt: Date;
}

export class ExportOffers {
  readonly #deps: ExportOffersDeps;

  constructor(deps: ExportOffersDeps) {
    this.#deps = deps;
  }

  /** A link to the channel's export as of now, as the caller may see it. Refuses callers who may
   *  not read the channel. */
  async offer(access: Access): Promise<{ url: string; expiresAt: Date; size: number }> {
    const { shown, key, publicUrl, now } = this.#deps;
    const { channelId } = access;
    const opened = await shown.open(access);
    refusePart(opened);
    const { state: { channel, head }, viewer: { seat, admin } } = opened;
    const link = seat || admin ? undefined : channel.spectating?.link_hash;
    const expiresMs = now().getTime() + CHANNEL_LIMITS.exportLinkMs;
    const { size, cursors } = head;
    const ticket = issueTicket(key, {
      channelId,
      viewer: seat?.player_id ?? null,
      holder: holderOf(key, channelId, link ?? access.caller.principal),
      size,
      cursors,
      expiresMs,
    });
    return {
      url: `${publicUrl}/exports/${ticket}`,
      expiresAt: new Date(expiresMs),
      size,
    };
  }

  /** The summary of a ticket's export; null when the ticket is not valid. */
  async look(text: string): Promise<OfferedExport | null> {
    const { exporter, signer } = this.#deps;
    const offer = await this.#open(text);
    if (!offer) return null;
    const { channelId, viewer, size, expiresMs } = offer.ticket;
    return {
      channelId,
      name: offer.state.channel.name,
      viewer,
      size,
      checkpoint: await exporter.checkpoint(channelId, size),
      publicKey: signer.publicKey.toBase64(),
      expiresAt: new Date(expiresMs),
    };
  }

  /** The export of a ticket, in pieces of text; null when the ticket is not valid. */
  async take(text: string): Promise<AsyncGenerator<string> | null> {
    const offer = await this.#open(text);
    return offer && this.#taken(offer);
  }

  /** The export; once it is read to its end, its player needs a channel no longer that is to be
   *  deleted. */
  async *#taken({ state, ticket }: { state: StoredChannel; ticket: Ticket }) {
    yield* this.#deps.exporter.exportFor(state, ticket);
    const { viewer, size, channelId } = ticket;
    if (!state.channel.deletion || viewer === null) return;
    try {
      await this.#deps.registry.write(channelId, ({ channel, head }) => {
        const isSeated = channel.seats.some(({ player_id }) => player_id === viewer);
        const after = isSeated && size === head.size ? withAgreement(channel, viewer) : channel;
        return after === channel
          ? null
          : { channel: after, drafts: [], always: true, answer: () => undefined };
      });
    } catch (error) {
      // The file is whole, whether that could be noted or not.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** A valid ticket with the channel as of now; null when it has expired, or when its holder may no
   *  longer see what it opens. */
  async #open(text: string): Promise<{ ticket: Ticket; state: StoredChannel } | null> {
    const { registry, key, now } = this.#deps;
    const ticket = openTicket(key, text, now());
    if (!ticket) return null;
    const state = await registry.load(ticket.channelId);
    return this.#mayRead(state.channel, ticket) ? { ticket, state } : null;
  }

  #mayRead(channel: Channel, { channelId, viewer, holder }: Ticket): boolean {
    const principals = viewer === null
      ? readersOf(channel)
      : channel.seats.filter((seat) => seat.player_id === viewer).map((seat) => seat.principal);
    const link = viewer === null && channel.spectators ? channel.spectating?.link_hash : undefined;
    const holders = link === undefined ? principals : [...principals, link];
    return viewer === null && isOpen(channel) ||
      holders.some((each) => holderOf(this.#deps.key, channelId, each) === holder);
  }
}
