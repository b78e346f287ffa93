/** Served as MCP tool `make_commitment` and as `POST /make_commitment`. */
import * as z from "zod";
import { commitmentTo } from "../domain/transcript/commitment.ts";
import { HashText } from "../kernel/hash.ts";
import { boundedJson } from "../domain/limits/bounded_json.ts";
import { JsonValue } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { checked, REVEALED } from "./check_commitment.ts";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";

export const makeCommitment = operation({
  name: "make_commitment",
  title: "Commit to a hidden value, or check one",
  description:
    "Commit to a value that you reveal later, such as a sealed bid. The server keeps none of it. Post " +
    '{ type: "commit", commit } now and keep value and salt. Once everyone has committed, post { type: "reveal", ' +
    "of: <id of your commit message>, value, salt }. To check another's reveal, pass its value, commit and salt.",
  effects: "reads",
  input: z.object({
    value: JsonValue.describe("Any JSON."),
    commit: REVEALED.commit.optional(),
    salt: REVEALED.salt.optional(),
  }),
  output: z.object({
    commit: HashText.describe("The commitment, to be posted."),
    salt: z.string().describe("Hex; to be revealed with the value."),
    ok: z.boolean().optional().describe("Whether the value and the salt are those of commit."),
    next: Next,
  }),
  run({ services: { randomBytes } }, { value, commit, salt }) {
    if (commit !== undefined && salt !== undefined) {
      return Promise.resolve({ commit, salt, ...checked({ value, commit, salt }) });
    }
    if (commit !== undefined || salt !== undefined) {
      throw new Refusal(
        "INVALID_REQUEST",
        "commit and salt: pass both to check a revealed value, or neither to commit to one.",
      );
    }
    boundedJson(value, BOT_LIMITS.bodyBytes, "value");
    const fresh = randomBytes(32).toHex();
    return Promise.resolve({
      commit: commitmentTo(value, fresh),
      salt: fresh,
      next: "Post the commit. Keep value and salt secret until the others have committed, too.",
    });
  },
});
