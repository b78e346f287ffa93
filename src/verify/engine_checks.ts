/** A bot as it was announced against what an engine finds in its source, and whether it can be run
 *  again at all. */
import { declaredNet } from "../domain/bot/bot_network.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { differingParts } from "../domain/bot/engine_id.ts";
import { canonicalText } from "../kernel/json.ts";
import type { AnnouncedBot } from "./announced_bots.ts";
import type { Replayer } from "./replayer.ts";
import { Wrong } from "./model/wrong.ts";

/** Why a bot can't be run again; undefined when it can. */
export async function obstacleTo(
  { seed, env, language, engine, engine_parts }: AnnouncedBot,
  replayer: Replayer,
): Promise<string | undefined> {
  if (seed === undefined) return "its seed is not revealed yet";
  if (env) return "it was given sealed values";
  const ours = await replayer.engine(language);
  if (ours === undefined) return `there is no engine for ${language} here`;
  if (ours.engine === engine) return undefined;
  const other = "it ran in another release of the engine than this one";
  return engine_parts ? `${other} (${differingParts(engine_parts, ours.parts).join(", ")})` : other;
}

/** Throws `Wrong` when a bot is announced as something else than its source is. Why that can't be
 *  told, if it can't. */
export async function checkAnnounced(
  { code_hash, language, name, from, class_name, hooks, imports, net, manifest }: AnnouncedBot,
  sources: ChannelExport["sources"],
  replayer: Replayer,
): Promise<string | undefined> {
  const found = await replayer.inspect({ source: sources[code_hash]!, language, name });
  if (found.kind === "rejected") {
    if (/took too long/.test(found.message)) return "its source takes too long to look at here";
    throw new Wrong(`No server attaches such a source: ${found.message}`, from);
  }
  const same = canonicalText([class_name, hooks, imports, net]) ===
    canonicalText([found.class_name, found.hooks, found.imports, netIn(manifest)]);
  if (!same) throw new Wrong("Its source has another class, other hooks or imports.", from);
  return undefined;
}

function netIn(manifest: AnnouncedBot["manifest"]): AnnouncedBot["net"] | null {
  try {
    return declaredNet(manifest);
  } catch {
    return null; // what no server attaches
  }
}
