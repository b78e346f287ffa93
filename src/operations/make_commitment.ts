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
  title: "Commit to a value without telling it",
  description:
    "For moves that are made at once and told together, such as rock-paper-scissors or sealed bids. Nothing of it is " +
    'stored or posted: post { type: "commit", commit } now, keep value and salt, and once everyone has committed ' +
    'post { type: "reveal", of: <id of your commit message>, value, salt }. check_commitment and verify_channel check it.',
  effects: "reads",
  input: z.object({ value: JsonValue.describe("Any JSON: a move, a bid.") }),
  output: z.object({ commit: HashText, salt: z.string(), next: z.string() }),
  run({ services: { randomBytes } }, { value }) {
    boundedJson(value, BOT_LIMITS.bodyBytes, "value");
    const salt = randomBytes(32).toHex();
    return Promise.resolve({
      commit: commitmentTo(value, salt),
      salt,
      next:
        "Post the commit. Keep value and salt to yourself until the others have committed, too.",
    });
  },
});
