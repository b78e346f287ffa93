/** Served as MCP tool `join_channel` and as `POST /join_channel`. */
import * as z from "zod";
import type { AwaitedRound } from "../domain/channel/beacon.ts";
import { Text } from "../kernel/json.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { ChannelId, DisplayName, IdempotencyKey, keyOf, Next, Receipt } from "./fields.ts";
import { operation } from "./operation.ts";

export const joinChannel = operation({
  name: "join_channel",
  title: "Join or rejoin a channel",
  description:
    "Take the seat of an invite (inv_...), or take your seat back with its rejoin token (rejoin_...). " +
    "Keep the returned rejoin_token: with it you come back as the same player.",
  effects: "writes",
  untrustedFields: "the names and labels in view, and what bots say about themselves",
  input: z.object({
    invite_code: z.string().min(1).max(64).describe("inv_... or rejoin_..."),
    display_name: DisplayName.optional().describe(
      "Your name as others see it; the slot's label if absent.",
    ),
    entropy: Text.min(1).max(128).optional().describe(
      "Any text that the host can't foresee. It is mixed into the bots' randomness from now on, unless that is public (drand).",
    ),
    rotate: z.boolean().default(false)
      .describe("When rejoining: revoke the token and return a new one."),
    idempotency_key: IdempotencyKey,
  }),
  output: z.object({
    channel_id: ChannelId,
    slot_id: z.string(),
    player_id: z.string().describe(
      "Your id in messages and to bots, for as long as you hold the seat.",
    ),
    rejoin_token: z.string(),
    view: ChannelView,
    bots: z.array(BotView),
    receipt: Receipt,
    next: Next,
  }),
  takesSecrets: true,
  async run({ caller, services: { channels, signer } }, input) {
    const { invite_code, display_name: displayName, entropy, rotate } = input;
    const key = keyOf(input);
    const { channel, head, seat, rejoinToken } = invite_code.startsWith("rejoin_")
      ? await channels.rejoin(caller, invite_code, { rotate, key })
      : await channels.join(caller, invite_code, { displayName, entropy, key });
    const view = viewOf(channel);
    return {
      channel_id: channel.channel_id,
      slot_id: seat.slot_id,
      player_id: seat.player_id,
      rejoin_token: rejoinToken,
      view,
      bots: channel.bots.map(botView),
      receipt: signer.receipt(channel.channel_id, head),
      next:
        `You are ${seat.player_id}. Call sync_messages with cursor 0 to read the rules and whose turn it is, ` +
        "then call it again with the cursor that it returns to wait for new messages. get_bot_code shows a referee's source." +
        dice(view.beacon?.awaits),
    };
  },
});

/** A player can check by this that the server can't have chosen the randomness. */
function dice(awaits: AwaitedRound | undefined): string {
  if (!awaits) return "";
  return ` Bots wait for drand round ${awaits.round}, due at ${awaits.at}: ` +
    "if that time is still to come by your clock, nobody can have chosen the bots' randomness.";
}
