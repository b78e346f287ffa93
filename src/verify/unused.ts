/** What a file brings along and nothing in its log names: whoever reads it takes it for the
 *  channel's. */
import { botAttached } from "../domain/announcements/bots.ts";
import { botEvidence } from "../domain/announcements/hooks.ts";
import { bodyHashesIn } from "../domain/bot/announced_exchange.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { Wrong } from "./model/wrong.ts";

/** Every source and module is one of a bot that was announced. */
export function refuseUnusedSources({ entries, sources, modules }: ChannelExport): void {
  const attached = entries.map(botAttached.in).filter((body) => body !== undefined);
  const hashes = new Set<string>(attached.map(({ code_hash }) => code_hash));
  const imported = new Set(
    attached.flatMap(({ imports }) => imports.map(({ name, version }) => `${name} ${version}`)),
  );
  const source = Object.keys(sources).find((hash) => !hashes.has(hash));
  if (source !== undefined) throw new Wrong(`${source} is the source of no bot here.`);
  const names = modules.map(({ name, version }) => `${name} ${version}`);
  const module = names.find((name, i) => !imported.has(name) || names.indexOf(name) !== i);
  if (module !== undefined) throw new Wrong(`No bot here imports ${module}.`);
}

/** Every body of the evidence is one that a bot was told here, or asked with. */
export function refuseUnusedEvidence({ entries, evidence }: ChannelExport): void {
  const named = new Set(
    entries.flatMap((entry) => bodyHashesIn(botEvidence.in(entry)?.exchanges ?? [])),
  );
  const hash = Object.keys(evidence).find((hash) => !named.has(hash));
  if (hash !== undefined) throw new Wrong(`Nothing here was told ${hash}.`);
}
