/** Compares a bot's announcement with its source as the engine inspects it, and decides whether the
 *  bot can be replayed at all. */
import { declaredNet } from "../domain/bot/bot_network.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { differingParts } from "../domain/bot/engine_id.ts";
import { canonicalText } from "../kernel/json.ts";
import type { AnnouncedBot } from "./announced_bots.ts";
import type { Replayer } from "./replayer.ts";
import { Wrong } from "./model/wrong.ts";

/** The reason why a bot can't be replayed; undefined when it can. */
export async function obstacleTo(
  { seed, env, language, engine, engine_parts }: AnnouncedBot,
  replayer: Replayer,
): Promise<string | undefined> {
  if (seed === undefined) return "the bot's seed is not revealed yet";
  if (env) return "the bot has sealed values";
  const ours = await replayer.engine(language);
  if (ours === undefined) return `this verifier has no engine for ${language}`;
  if (ours.engine === engine) return undefined;
  const other = "the bot ran in another release of the engine than this verifier's";
  return engine_parts ? `${other} (${differingParts(engine_parts, ours.parts).join(", ")})` : other;
}

/** Throws `Wrong` when a bot's announcement does not match its source. Returns the reason when the
 *  engine could not finish the inspection. */
export async function checkAnnounced(
  { code_hash, language, name, from, class_name, hooks, imports, modules, net, manifest }:
    AnnouncedBot,
  sources: ChannelExport["sources"],
  replayer: Replayer,
): Promise<string | undefined> {
  const found = await replayer.inspect({ source: sources[code_hash]!, language, name, modules });
  if (found.kind === "rejected") {
    if (/took too long/.test(found.message)) {
      return "the inspection of the bot's source took too long here";
    }
    const strain = replayer.strainedBy?.(found);
    if (strain !== undefined) return strain;
    throw new Wrong(`No server attaches a bot with this source: ${found.message}`, from);
  }
  const same = canonicalText([class_name, hooks, imports, net]) ===
    canonicalText([found.class_name, found.hooks, found.imports, netIn(manifest)]);
  if (same) return undefined;
  throw new Wrong(
    "The announced class, hooks, imports or hosts are not those of the source.",
    from,
  );
}

function netIn(manifest: AnnouncedBot["manifest"]): AnnouncedBot["net"] | null {
  try {
    return declaredNet(manifest);
  } catch {
    return null; // No server attaches such a bot.
  }
}
