/** Served as MCP tool `join_channel` and as `POST /join_channel`. */
import * as z from "zod";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Text } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";
import { DisplayName } from "../domain/channel/names.ts";
import { ChannelId, IdempotencyKey, ReceiptAsked } from "./fields.ts";
import { unrankedText } from "./next_step.ts";
import { operation } from "./operation.ts";
import { seatedAnswer, SeatedOutput, shortSeated } from "./seated_answer.ts";

export const joinChannel = operation({
  name: "join_channel",
  title: "Join or rejoin a channel",
  description:
    "Take the seat of an invite (inv_...) or an open one, or your seat back with its rejoin token (rejoin_...). " +
    "Keep the returned rejoin_token.",
  effects: "writes",
  refusals: [
    "INVITE_INVALID",
    "REJOIN_TOKEN_INVALID",
    "SLOT_ALREADY_FILLED",
    "CHANNEL_NOT_FOUND",
    "CHANNEL_CLOSED",
    "NOT_MEMBER",
  ],
  untrusted: ["view", "bots"],
  input: z.object({
    invite_code: z.string().min(1).max(HTTP_LIMITS.pastedChars).optional().meta({
      description: "inv_... or rejoin_...",
      form: "invite",
      aka:
        "invite invitation invite_link invite_url link url code token invites rejoin_token rejoin rejoin_code invite_token join_code",
    }),
    channel_id: ChannelId.optional().describe("For an open seat."),
    display_name: DisplayName.optional().meta({
      description: "Your name for others; the slot's label if absent.",
      aka: "name player_name nickname username user_name",
      digits: true,
    }),
    entropy: Text.min(1).max(128).optional().meta({
      description:
        "Any text that the host can't foresee. It is mixed into the bots' randomness from now on, unless that is public (drand).",
      rare: true,
    }),
    rotate: z.boolean().default(false).meta({
      description: "When rejoining: revoke the token and return a new one.",
      rare: true,
    }),
    receipt: ReceiptAsked,
    idempotency_key: IdempotencyKey,
  }),
  output: SeatedOutput,
  short: shortSeated,
  showsReceipt: () => true,
  takesSecrets: true,
  async run({ caller, services }, input) {
    const { channels } = services;
    const { invite_code, channel_id, display_name: displayName, entropy, rotate } = input;
    const key = input.idempotency_key;
    if (invite_code?.startsWith("host_")) throw hostTokenTakesNoSeat();
    const stated = { displayName, entropy, key };
    const { adminLost, rejoinToken, ...taken } = invite_code?.startsWith("rejoin_")
      ? await channels.rejoin(caller, invite_code, { rotate, key })
      : invite_code !== undefined
      ? await channels.join(caller, invite_code, stated)
      : await channels.joinOpen(caller, channel_id ?? nothingToJoin(), stated);
    const { channel, seat } = taken;
    const isBack = invite_code?.startsWith("rejoin_") ?? false;
    const isNumbered = !isBack && (displayName ?? seat.display_name) !== seat.display_name;
    return {
      ...seatedAnswer(
        caller,
        services,
        taken,
        adminLost ? ADMIN_LOST : channel.creator === caller.principal ? HOST : "",
        isNumbered ? NAME_TAKEN : "",
        unrankedText(channel, caller.principal),
      ),
      rejoin_token: rejoinToken,
    };
  },
});

const NAME_TAKEN =
  "Another player here has the name that you chose, so yours got a number: view shows it, and rename_me of " +
  "update_channel changes it.";

const HOST =
  "You are the host by your sign-in. If you lose it, the host_token of create_channel makes you the host again.";

const ADMIN_LOST =
  "This seat was the host's, and the host's rights did not come with it: if you are the host, pass the host_token " +
  "of create_channel as rejoin_token.";

function nothingToJoin(): never {
  throw new Refusal(
    "INVALID_REQUEST",
    "invite_code: pass an invite, inv_..., or your rejoin_token; or pass the channel_id of a channel with open seats.",
  );
}

function hostTokenTakesNoSeat(): Refusal {
  return new Refusal(
    "INVALID_REQUEST",
    "invite_code: a host_token takes no seat. Pass it as rejoin_token to update_channel or attach_bot. To play, " +
      "pass an invite, inv_..., or your seat's rejoin_token.",
  );
}
