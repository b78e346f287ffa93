/** Served as MCP tool `export_channel` and as `GET /export_channel`. */
import * as z from "zod";
import { accessOf, ChannelId, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const exportChannel = operation({
  name: "export_channel",
  title: "Take the channel with you",
  description:
    "One JSON file with all that you may see of a channel and all that is needed to verify it without the server: " +
    "entries, bots' sources, revealed seeds, evidence, signed tree head. Returns a link that works for ten minutes.",
  effects: "reads",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({
    url: z.string().describe("Where to download it, without a token."),
    expires_at: z.string(),
    entries: z.number().int(),
    next: z.string(),
  }),
  async run({ caller, services }, input) {
    const { url, expiresAt, size } = await services.exports.offer(accessOf(caller, input));
    return {
      url,
      expires_at: expiresAt.toISOString(),
      entries: size,
      next: "Give the link to your user: `deno task verify <link>` or verify_channel checks it. " +
        "Bodies that are not for you are in it by hash only.",
    };
  },
});
