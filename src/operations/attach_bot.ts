/** Served as MCP tool `attach_bot` and as `POST /attach_bot`. */
import * as z from "zod";
import { BotDef } from "../domain/bot/bot.ts";
import { HashText } from "../kernel/hash.ts";
import { ChannelView, viewOf } from "../domain/channel/view.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

const NEXT =
  "Call sync_messages to read the bot's first messages. Everyone in the channel can read its " +
  "source with get_bot_code.";

export const attachBot = operation({
  name: "attach_bot",
  title: "Attach a bot",
  description:
    "Attach a bot to a channel you administer. The server announces the hash of its source to all members before the " +
    "bot runs.",
  effects: "writes",
  untrustedFields: "the names and labels in view",
  input: z.object({ channel_id: ChannelId, bot: BotDef, rejoin_token: RejoinToken }),
  output: z.object({
    bot_id: z.string(),
    code_hash: HashText,
    manifest_hash: HashText,
    view: ChannelView,
    next: Next,
  }),
  costs: () => ({ bots: 1 }),
  async run({ caller, services, signal }, input) {
    const { bot, channel } = await services.channels.attach(
      accessOf(caller, input),
      input.bot,
      signal,
    );
    const { bot_id, code_hash, manifest_hash } = bot;
    return { bot_id, code_hash, manifest_hash, view: viewOf(channel), next: NEXT };
  },
});
