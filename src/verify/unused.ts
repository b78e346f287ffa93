/** Refuses content of a file that no entry names: a reader would take it for the channel's. */
import { botAttached } from "../domain/announcements/bots.ts";
import { botEvidence } from "../domain/announcements/hooks.ts";
import { bodyHashesIn } from "../domain/bot/announced_exchange.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { moduleKey } from "./announced_bots.ts";
import { Wrong } from "./model/wrong.ts";

/** Throws `Wrong` unless each source and module belongs to an announced bot, once. */
export function refuseUnusedSources({ entries, sources, modules }: ChannelExport): void {
  const attached = entries.map(botAttached.in).filter((body) => body !== undefined);
  const hashes = new Set<string>(attached.map(({ code_hash }) => code_hash));
  const imported = new Set(attached.flatMap(({ imports }) => imports.map(moduleKey)));
  const source = Object.keys(sources).find((hash) => !hashes.has(hash));
  if (source !== undefined) throw new Wrong(`No bot of this channel has the source ${source}.`);
  for (const module of modules) {
    if (imported.delete(moduleKey(module))) continue;
    throw new Wrong(
      `The file holds the module ${module.name} ${module.version}, but no bot imports it, or it stands there twice.`,
    );
  }
}

/** Throws `Wrong` unless an entry names each recorded body. */
export function refuseUnusedEvidence({ entries, evidence }: ChannelExport): void {
  const named = new Set(
    entries.flatMap((entry) => bodyHashesIn(botEvidence.in(entry)?.exchanges ?? [])),
  );
  const hash = Object.keys(evidence).find((hash) => !named.has(hash));
  if (hash !== undefined) throw new Wrong(`No entry names the recorded body ${hash}.`);
}
