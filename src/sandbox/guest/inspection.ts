/** The result of an inspection, once the bot's class is loaded. The same for all languages. */
import type { HookName, Inspection } from "../../domain/bot/bot.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { boundedJson, isJsonObject } from "./bounded_json.ts";
import { type Ending, messageOf } from "./hook_run.ts";

type Accepted = Extract<Inspection, { kind: "accepted" }>;

/** `ending` is how loading the class ended; its texts are the manifest as JSON, and the names of
 *  the class's hooks. `named` are further hooks that an instance may have. */
export function inspectionOf(
  ending: Ending,
  facts: Pick<Accepted, "language" | "class_name" | "imports" | "engine" | "engine_parts">,
  source: string,
  hooks: readonly HookName[],
  named: readonly string[] = hooks.filter((hook) => source.includes(hook)),
): Inspection {
  if (ending.kind === "threw") {
    return { kind: "rejected", message: `Loading failed: ${ending.message}`, line: ending.line };
  }
  if (ending.kind !== "done") return { kind: "rejected", message: LOADING[ending.kind] };
  const [manifestText = "", hookNames = ""] = ending.texts;
  try {
    const manifest = boundedJson(manifestText, BOT_LIMITS.botManifestBytes, "manifest");
    if (!isJsonObject(manifest)) throw new TypeError("manifest is not a JSON object");
    return {
      kind: "accepted",
      ...facts,
      hooks: hooks.filter((hook) => hookNames.split(" ").includes(hook) || named.includes(hook)),
      manifest,
    };
  } catch (error) {
    return { kind: "rejected", message: `The class's ${messageOf(error)}.` };
  }
}

const LOADING = {
  out_of_budget: "Loading the source takes too much work.",
  out_of_memory: "Loading the source takes too much memory.",
  never_settled:
    "Loading the source never ends: its top level awaits something that never settles.",
};
