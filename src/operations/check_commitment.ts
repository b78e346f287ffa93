/** Served as MCP tool `check_commitment` and as `GET /check_commitment`. */
import * as z from "zod";
import { CommitmentSalt, commitmentTo } from "../domain/transcript/commitment.ts";
import { HashText } from "../kernel/hash.ts";
import { boundedJson } from "../domain/limits/bounded_json.ts";
import { type Json, JsonValue } from "../kernel/json.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";

/** What has been revealed of a commitment. */
export const REVEALED = {
  commit: HashText.meta({ about: "The commitment.", form: "hash", aka: "commitment hash" }),
  salt: CommitmentSalt.meta({ about: "Its salt, hex.", form: "salt" }),
};

/** Whether a value and its salt are those of a commitment. */
export function checked(
  { commit, value, salt }: { commit: HashText; value: Json; salt: string },
): { ok: boolean; next: string } {
  boundedJson(value, BOT_LIMITS.bodyBytes, "value");
  const ok = commitmentTo(value, salt) === commit;
  const next = ok
    ? "The value is the one that was committed to. verify_channel checks every reveal of a channel."
    : "This value and salt are not those of the commitment. Check that all three were copied whole.";
  return { ok, next };
}

export const checkCommitment = operation({
  name: "check_commitment",
  title: "Check a revealed value",
  description:
    "Check whether a revealed value and salt match a commitment. A commitment is the SHA-256 of the salt's 32 bytes " +
    "followed by the value's canonical JSON (RFC 8785).",
  unlisted: true,
  effects: "reads",
  input: z.object({ ...REVEALED, value: JsonValue.meta({ about: "The revealed value." }) }),
  output: z.object({ ok: z.boolean().describe("Whether they belong together."), next: Next }),
  run: (_call, input) => Promise.resolve(checked(input)),
});
