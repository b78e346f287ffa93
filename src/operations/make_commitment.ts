/** Served as MCP tool `make_commitment` and as `POST /make_commitment`. */
import * as z from "zod";
import { commitmentTo } from "../domain/transcript/commitment.ts";
import { HashText } from "../kernel/hash.ts";
import { boundedJson } from "../domain/limits/bounded_json.ts";
import { JsonValue } from "../kernel/json.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { operation } from "./operation.ts";

export const makeCommitment = operation({
  name: "make_commitment",
  title: "Commit to a hidden value",
  description:
    "Commit to a value that you reveal later: for simultaneous moves such as rock-paper-scissors or sealed bids. The " +
    'server stores and posts nothing of it. Post { type: "commit", commit } now and keep value and salt. Once everyone ' +
    'has committed, post { type: "reveal", of: <id of your commit message>, value, salt }. check_commitment and ' +
    "verify_channel check it.",
  effects: "reads",
  input: z.object({ value: JsonValue.describe("Any JSON, such as a move or a bid.") }),
  output: z.object({ commit: HashText, salt: z.string(), next: z.string() }),
  run({ services: { randomBytes } }, { value }) {
    boundedJson(value, BOT_LIMITS.bodyBytes, "value");
    const salt = randomBytes(32).toHex();
    return Promise.resolve({
      commit: commitmentTo(value, salt),
      salt,
      next: "Post the commit. Keep value and salt secret until the others have committed, too.",
    });
  },
});
