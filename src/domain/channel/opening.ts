/** The beginning of a channel: its record and its first entry. */
import { channelCreated } from "../announcements/opening.ts";
import type { Chain } from "../../kernel/drand.ts";
import { type Channel, type Slot, slotFrom } from "./channel.ts";
import { hashText } from "../../kernel/hash.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Change } from "./membership.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { saltKeys } from "../transcript/transcript.ts";

export interface Opening {
  channel_id: string;
  name: string;
  creator: string;
  /** SHA-256 hex of the host token; absent in a channel without a host. */
  host_hash?: string;
  visibility: Channel["visibility"];
  sealed: boolean;
  /** Whether the games of its bot count on a ladder: see `rated_channel.ts`. */
  rated?: boolean | undefined;
  spectators: boolean;
  spectating?: Channel["spectating"];
  open_seats?: true | undefined;
  created_at: string;
  /** Present if the server opens it for players whom it paired. */
  match?: Channel["match"];
  /** After what time without a life sign of a member the server warns; undefined for never. */
  idleMs?: number | undefined;
  /** The 32 bytes that all salts derive from. Entry 1 commits to the two keys derived from them. */
  secret: Uint8Array;
  /** The drand chain of the bots' randomness, when the channel uses public randomness. */
  chain?: Chain | undefined;
}

/** Parses slot specifications. `inviteHash` returns the SHA-256 hex of a fresh invite for each
 *  invite slot. */
export function slotsFrom(specs: readonly string[], inviteHash: () => string): Slot[] {
  if (specs.length === 0 || specs.length > BOT_LIMITS.slots) {
    throw new Refusal("INVALID_REQUEST", `slots must have 1 to ${BOT_LIMITS.slots} items.`);
  }
  return specs.map((spec, i) => {
    const slot = slotFrom(spec, i);
    if (!slot) {
      throw new Refusal(
        "INVALID_REQUEST",
        `slots[${i}] must be "bot:<label>" or "invite:<label>", with a label of at most 60 ` +
          "characters.",
      );
    }
    return slot.kind === "invite" ? { ...slot, invite_hash: inviteHash() } : slot;
  });
}

export function openChannel(opening: Opening, slots: Slot[]): Change {
  const { secret, chain, idleMs, rated = false, ...facts } = opening;
  const idle = idleMs !== undefined &&
    { warned_after_ms: idleMs, closed_after_ms: CHANNEL_LIMITS.idleNoticeMs };
  const salts = saltKeys(secret);
  const channel: Channel = {
    ...facts,
    slots,
    closed: false,
    seats: [],
    bots: [],
    former: [],
    next_player: 1,
    next_bot: 0,
    claim_ms: CHANNEL_LIMITS.claimMs,
    ...(idle && { idle }),
    ...(facts.sealed && { quiet_ms: CHANNEL_LIMITS.sealedQuietMs }),
    ...(rated && { rated }),
    ...(chain && { beacon: { chain, awaited: [] } }),
  };
  return {
    channel,
    drafts: [channelCreated.draft({
      channel_id: channel.channel_id,
      name: channel.name,
      slots: slots.map(({ slot_id, kind, label }) => ({ slot_id, kind, label })),
      visibility: channel.visibility,
      sealed: channel.sealed,
      spectators: channel.spectators,
      ...(channel.spectating && { spectating: announcedSpectating(channel.spectating) }),
      ...(channel.open_seats && { open_seats: channel.open_seats }),
      ...(channel.quiet_ms && { quiet_ms: channel.quiet_ms }),
      ...(channel.match && { match: channel.match }),
      claim_ms: CHANNEL_LIMITS.claimMs,
      ...(idle && { idle }),
      ...(rated && { rated }),
      salts_commit: hashText(salts.open),
      addressed_salts_commit: hashText(salts.addressed),
      ...(chain && { beacon: chain }),
    })],
  };
}

function announcedSpectating({ link_hash, delay, max, speak }: NonNullable<Channel["spectating"]>) {
  return {
    ...(link_hash !== undefined && { by: "link" as const }),
    ...(delay && { delay }),
    ...(max && { max }),
    ...(speak && { speak }),
  };
}
