/** Links to exports. The server issues them to readers of a channel; the link alone then gives
 *  access. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { type Access, viewerOf } from "../../domain/channel/seat.ts";
import type { Exporter } from "./exporter.ts";
import { issueTicket, openTicket } from "./export_ticket.ts";
import type { TreeSigner } from "./tree_signer.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

interface ExportOffersDeps {
  registry: ChannelRegistry;
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

  /** A link to the channel's export as the caller may see it. Refuses callers who may not read the
   *  channel. */
  async offer(access: Access): Promise<{ url: string; expiresAt: Date; size: number }> {
    const { registry, key, publicUrl, now } = this.#deps;
    const { channelId } = access;
    const { channel, head } = await registry.load(channelId);
    const { seat } = viewerOf(channel, access);
    const expiresMs = now().getTime() + CHANNEL_LIMITS.exportLinkMs;
    const ticket = issueTicket(key, { channelId, viewer: seat?.player_id ?? null, expiresMs });
    return {
      url: `${publicUrl}/exports/${ticket}`,
      expiresAt: new Date(expiresMs),
      size: head.size,
    };
  }

  /** The summary of a ticket's export as of now; null when the ticket is not valid. */
  async look(text: string): Promise<OfferedExport | null> {
    const { registry, signer, key, now } = this.#deps;
    const ticket = openTicket(key, text, now());
    if (!ticket) return null;
    const { channelId, viewer, expiresMs } = ticket;
    const { channel, head } = await registry.load(channelId);
    return {
      channelId,
      name: channel.name,
      viewer,
      size: head.size,
      checkpoint: signer.checkpoint(channelId, head),
      publicKey: signer.publicKey.toBase64(),
      expiresAt: new Date(expiresMs),
    };
  }

  /** The export of a ticket, in pieces of text; null when the ticket is not valid. */
  async take(text: string): Promise<AsyncGenerator<string> | null> {
    const { registry, exporter, key, now } = this.#deps;
    const ticket = openTicket(key, text, now());
    if (!ticket) return null;
    return exporter.exportFor(await registry.load(ticket.channelId), ticket.viewer);
  }
}
