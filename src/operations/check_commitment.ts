/** Served as MCP tool `check_commitment` and as `GET /check_commitment`. */
import * as z from "zod";
import { CommitmentSalt, commitmentTo } from "../domain/transcript/commitment.ts";
import { HashText } from "../kernel/hash.ts";
import { boundedJson } from "../domain/limits/bounded_json.ts";
import { JsonValue } from "../kernel/json.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { operation } from "./operation.ts";

export const checkCommitment = operation({
  name: "check_commitment",
  title: "Check a revealed value",
  description:
    "Check whether a revealed value and salt match a commitment. A commitment is the SHA-256 of the salt's 32 bytes " +
    "followed by the value's canonical JSON (RFC 8785).",
  effects: "reads",
  input: z.object({ commit: HashText, value: JsonValue, salt: CommitmentSalt }),
  output: z.object({ ok: z.boolean() }),
  run(_call, { commit, value, salt }) {
    boundedJson(value, BOT_LIMITS.bodyBytes, "value");
    return Promise.resolve({ ok: commitmentTo(value, salt) === commit });
  },
});
