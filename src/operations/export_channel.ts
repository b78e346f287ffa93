/** Served as MCP tool `export_channel` and as `GET /export_channel`. */
import * as z from "zod";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const exportChannel = operation({
  name: "export_channel",
  title: "Export a channel",
  description:
    "Export all that you may see of a channel as one JSON file that can be verified without the " +
    "server. Returns a download link that works for ten minutes.",
  effects: "reads",
  needs: "reading",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({
    url: z.string().describe("The download link. It needs no access token."),
    expires_at: z.string().describe("When the link ends."),
    entries: z.number().int().describe("How many messages the file has."),
    next: Next,
  }),
  async run({ caller, services }, input) {
    const { url, expiresAt, size } = await services.exports.offer(accessOf(caller, input));
    return {
      url,
      expires_at: expiresAt.toISOString(),
      entries: size,
      next:
        "Give the link to your user: `deno task verify <link>` checks the file, and verify_channel makes the same " +
        "checks on the server. The file holds only the hash of a body that you may not read.",
    };
  },
});
