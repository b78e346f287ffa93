/** The bots of an export as its transcript announces them: the replay's inputs for each bot, and
 *  the last entry that the bot has processed. */
import * as z from "zod";
import { botAttached, botDescribed, botDetached } from "../domain/announcements/bots.ts";
import { botEnded } from "../domain/announcements/hooks.ts";
import { applications } from "../domain/announcements/operations.ts";
import type { Bot, HookName, Import, ModuleSource } from "../domain/bot/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { ChannelExport, ExportedEntry } from "../domain/proof/channel_export.ts";
import { engineIdOf } from "../domain/bot/engine_id.ts";
import { hashText, hexToBytes, utf8ToBytes } from "../kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../kernel/json.ts";
import { type Check } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

type Attach = NonNullable<ReturnType<typeof botAttached.in>>;
type Manifest = NonNullable<ReturnType<typeof botDescribed.in>>;

export interface AnnouncedBot extends Attach {
  /** The id of its announcement, which is also the first entry that it sees. */
  from: number;
  hooks: HookName[];
  params: JsonObject;
  manifest: JsonObject;
  /** The modules that the announcement names, as far as the file has them. */
  modules: ModuleSource[];
  /** 32 bytes, hex. Absent until the log reveals it. */
  seed?: string;
  /** The entries that revealed the seed, and the seed in each. */
  reveals: readonly { id: number; seed: string }[];
  /** The id of the entry that removed the bot or closed the channel, unless the bot ended first. */
  removedAt?: number;
  /** The last entry that it has processed. */
  cursor: number;
}

/** The most bots at a time, more than any server allows in a channel. The limit bounds the work:
 *  the replay passes every entry to each of them. */
const MAX_LIVE = 64;

/** Reads the announcements, whose form `checkSpeakers` has checked. Throws `Wrong` for a bot
 *  without a manifest entry. */
export function announcedBots({ entries, cursors, modules }: ChannelExport): AnnouncedBot[] {
  const byKey = new Map(modules.map((module) => [moduleKey(module), module]));
  const manifests = new Map<string, { id: number; described: Manifest }>();
  for (const entry of entries) {
    const described = botDescribed.in(entry);
    if (described) manifests.set(described.bot_id, { id: entry.id, described });
  }
  const reveals = revealsIn(entries);
  const bots: AnnouncedBot[] = [];
  const live = new Set<string>();
  for (const entry of entries) {
    const { id } = entry;
    for (const botId of reveals.at(id)) live.delete(botId);
    const attach = botAttached.in(entry);
    if (!attach) continue;
    const { bot_id } = attach;
    const manifest = manifests.get(bot_id);
    if (!manifest || manifest.id < id) {
      throw new Wrong("No manifest entry follows the announcement of this bot.", id);
    }
    live.add(bot_id);
    if (live.size > MAX_LIVE) {
      throw new Wrong(`More than ${MAX_LIVE} bots at a time: no server allows so many.`, id);
    }
    bots.push(
      {
        ...announcedBot(
          id,
          attach,
          manifest.described,
          reveals.of(bot_id),
          cursors[bot_id] ?? entries.length,
        ),
        modules: attach.imports.map((each) => byKey.get(moduleKey(each)))
          .filter((module) => module !== undefined),
      },
    );
  }
  return bots;
}

/** A module by everything that an announcement says of it. */
export function moduleKey({ name, version, hash }: Import): string {
  return JSON.stringify([name, version, hash]);
}

function announcedBot(
  from: number,
  attach: Attach,
  { manifest_excerpt: { hooks, params }, manifest }: Manifest,
  reveals: readonly Reveal[],
  liveCursor: number,
): Omit<AnnouncedBot, "modules"> {
  const [first] = reveals;
  // A bot that was removed before its first call has not even processed its own announcement.
  const cursor = first ? first.cursor ?? from - 1 : liveCursor;
  if (first && cursor >= first.id) {
    throw new Wrong(`The cursor of ${attach.bot_id} must be an entry before this one.`, first.id);
  }
  return {
    ...attach,
    from,
    hooks,
    params,
    manifest,
    reveals,
    ...(first && { seed: first.seed }),
    ...(first?.removed && { removedAt: first.id }),
    cursor,
  };
}

const End = z.object({ seed: z.string(), cursor: z.number().int().nullable().optional() });
const Detach = End.extend({ bot_id: z.string() });
const Close = z.object({ op: z.object({ seeds: z.array(Detach) }) });

/** An entry that reveals a bot's seed. `cursor` is the last entry that the bot had processed,
 *  absent if there was none. */
interface Reveal {
  id: number;
  seed: string;
  cursor?: number | null | undefined;
  removed: boolean;
}

/** The reveals of seeds: by bot, in order, and by entry. */
function revealsIn(entries: readonly ExportedEntry[]) {
  const byBot = new Map<string, Reveal[]>();
  const byEntry = new Map<number, string[]>();
  const add = (botId: string, reveal: Reveal) => {
    push(byBot, botId, reveal);
    push(byEntry, reveal.id, botId);
  };
  for (const entry of entries) {
    const { id, cause } = entry;
    const detached = botDetached.in(entry);
    const { data } = Detach.safeParse(detached ?? botEnded.in(entry));
    if (data) {
      const removed = detached !== undefined;
      // A bot that ends itself has processed the entries up to the one that called its last hook.
      add(data.bot_id, { id, seed: data.seed, cursor: removed ? data.cursor : cause, removed });
    }
    const closed = Close.safeParse(applications.close.in(entry)).data;
    for (const { bot_id, seed, cursor } of closed?.op.seeds ?? []) {
      add(bot_id, { id, seed, cursor, removed: true });
    }
  }
  return {
    of: (botId: string) => byBot.get(botId) ?? [],
    at: (id: number) => byEntry.get(id) ?? [],
  };
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Checks each source, module and manifest against its announced hash. */
export function checkSources(file: ChannelExport, bots: readonly AnnouncedBot[]): string {
  const sources = new Map<string, string>();
  for (const [name, source] of Object.entries(file.sources)) sources.set(name, hashOf(source));
  const isGenuine = new Map(
    file.modules.map((module) => [module, hashOf(module.source) === module.hash]),
  );
  for (const bot of bots) {
    const { from, code_hash, manifest, manifest_hash, language, engine, engine_parts } = bot;
    const { imports, modules } = bot;
    const hash = sources.get(code_hash);
    if (hash === undefined) {
      throw new Wrong("The file lacks the source of this bot.", from);
    }
    if (hash !== code_hash) {
      throw new Wrong(
        "The source does not match the announced hash: the referee was replaced.",
        from,
      );
    }
    if (hashText(canonicalBytes(manifest)) !== manifest_hash) {
      throw new Wrong("The bot's manifest does not match the announced hash.", from);
    }
    const runtime = language === "python" ? "cpython" : "quickjs";
    if (engine_parts && engineIdOf(runtime, engine_parts) !== engine) {
      throw new Wrong("The announced engine id does not match the announced engine parts.", from);
    }
    const genuine = new Set(modules.filter((module) => isGenuine.get(module)).map(moduleKey));
    const lost = imports.find((module) => !genuine.has(moduleKey(module)));
    if (lost) {
      throw new Wrong(
        `The module ${lost.name} ${lost.version} is missing or does not match its announced hash.`,
        from,
      );
    }
    const size = modules.reduce((sum, { source }) => sum + utf8ToBytes(source).length, 0);
    if (size > CHANNEL_LIMITS.modulesBytes) {
      throw new Wrong("The bot's modules are larger than those of any server.", from);
    }
  }
  return `bots: ${bots.length}; sources, modules and manifests match the announced hashes`;
}

function hashOf(text: string): string {
  return hashText(new TextEncoder().encode(text));
}

/** Checks each revealed seed against the commitment made before play. */
export function checkSeeds(
  { entries }: Pick<ChannelExport, "entries">,
  bots: readonly AnnouncedBot[],
): string | Check {
  for (const { seed_commit, reveals } of bots) {
    for (const { id, seed } of reveals) {
      const isSeed = /^[0-9a-f]{64}$/.test(seed) && hashText(hexToBytes(seed)) === seed_commit;
      if (isSeed) continue;
      throw new Wrong(
        "The revealed seed does not match the commitment made before play.",
        id,
      );
    }
  }
  const closed = entries.find((entry) => applications.close.in(entry));
  const hidden = bots.filter(({ seed }) => seed === undefined);
  if (closed && hidden[0]) {
    throw new Wrong(
      `The channel is closed, but the seed of ${hidden[0].bot_id} was never revealed.`,
      closed.id,
    );
  }
  if (hidden.length > 0) {
    const names = hidden.map(({ bot_id }) => bot_id).join(", ");
    const text =
      `not revealed yet: ${names}. The server reveals a seed when its bot ends or is removed, or when the channel closes`;
    return { check: "seeds", verdict: "unknown", text };
  }
  return `revealed: ${bots.length}; each matches the commitment made before play`;
}

/** The fields of a bot that decide which hook an entry calls. */
export function asBot(
  { bot_id, hooks, private: hearsAll }: AnnouncedBot,
): Pick<Bot, "bot_id" | "hooks" | "private"> {
  return { bot_id, hooks, private: hearsAll };
}
