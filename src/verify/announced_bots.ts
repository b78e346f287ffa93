/** The bots of an export as its transcript announces them: what a replay needs of each, and until where it was called. */
import * as z from "zod";
import { type Bot, BotLanguage, EngineParts, HookName, Import } from "../domain/bot.ts";
import type { ChannelExport, ExportedEntry } from "../domain/channel_export.ts";
import { engineIdOf } from "../domain/engine_id.ts";
import { HashText, hashText, hexToBytes } from "../domain/hash.ts";
import { canonicalBytes, JsonObject } from "../domain/json.ts";
import { SYSTEM } from "../domain/transcript.ts";
import { type Check, Wrong } from "./report.ts";

/** What announces a bot. */
export const Attach = z.object({
  bot_id: z.string(),
  name: z.string(),
  version: z.string(),
  language: BotLanguage,
  class_name: z.string(),
  code_hash: HashText,
  manifest_hash: HashText,
  engine: z.string(),
  engine_parts: EngineParts.optional(),
  imports: z.array(Import),
  net: z.union([z.literal("public"), z.array(z.string())]),
  env: z.array(z.string()).min(1).optional(),
  seed_commit: HashText,
  beacon_round: z.number().optional(),
});
/** What is told of it with that. */
export const Manifest = z.object({
  manifest_excerpt: z.object({ hooks: z.array(HookName), params: JsonObject }),
  manifest: JsonObject,
});

export interface AnnouncedBot extends z.infer<typeof Attach> {
  /** The entry that announced it, which is also the first that it sees. */
  from: number;
  hooks: HookName[];
  params: JsonObject;
  manifest: JsonObject;
  /** 32 bytes, hex, once it was revealed. */
  seed?: string;
  /** The entries that revealed it, and what each said. */
  reveals: { id: number; seed: string }[];
  /** The entry that took it out, or closed the channel, if it had not ended before. */
  removedAt?: number;
  /** The last entry that it has come past. */
  cursor: number;
}

/** Reads the announcements. Throws `Wrong` for one that misses what it must have. */
export function announcedBots({ entries, cursors }: ChannelExport): AnnouncedBot[] {
  const bots: AnnouncedBot[] = [];
  for (const { id, sender, body } of entries) {
    if (sender !== SYSTEM || body?.type !== "bot:attach") continue;
    const attach = Attach.safeParse(body);
    const described = Manifest.safeParse(
      entries.find((entry) =>
        entry.id > id && entry.sender === SYSTEM && entry.body?.type === "bot:manifest" &&
        entry.body.bot_id === body.bot_id
      )?.body,
    );
    if (!attach.success || !described.success) {
      throw new Wrong("It announces a bot without all that there is to know of it.", id);
    }
    const { manifest_excerpt: { hooks, params }, manifest } = described.data;
    const reveals = revealsOf(attach.data.bot_id, entries);
    const [first] = reveals;
    // Taken out before it was first called, it has come to nothing: not even to its own announcement.
    const cursor = first ? first.cursor ?? id - 1 : cursors[attach.data.bot_id] ?? entries.length;
    if (first && cursor >= first.id) {
      throw new Wrong(`${attach.data.bot_id} can't have come that far yet.`, first.id);
    }
    bots.push({
      ...attach.data,
      from: id,
      hooks,
      params,
      manifest,
      reveals,
      ...(first && { seed: first.seed }),
      ...(first?.removed && { removedAt: first.id }),
      cursor,
    });
  }
  return bots;
}

const End = z.object({ seed: z.string(), cursor: z.number().int().nullable().optional() });
const Close = z.object({ op: z.object({ seeds: z.array(End.extend({ bot_id: z.string() })) }) });

/** Where a bot's seed is revealed, in order; `cursor` is how far it had come, absent where it had not begun. */
function revealsOf(botId: string, entries: readonly ExportedEntry[]) {
  const reveals: { id: number; seed: string; cursor?: number | null; removed: boolean }[] = [];
  for (const { id, sender, body, cause } of entries) {
    if (sender !== SYSTEM || !body) continue;
    const isItsOwn = body.bot_id === botId;
    if (body.type === "bot:end" && isItsOwn) {
      // A bot that says that it is done has come as far as the entry that made it say so.
      const { data } = End.safeParse(body);
      if (data) reveals.push({ id, seed: data.seed, cursor: cause, removed: false });
      continue;
    }
    const told = body.type === "close_applied"
      ? Close.safeParse(body).data?.op.seeds.find(({ bot_id }) => bot_id === botId)
      : body.type === "bot:detach" && isItsOwn
      ? End.safeParse(body).data
      : undefined;
    if (told) reveals.push({ id, seed: told.seed, cursor: told.cursor, removed: true });
  }
  return reveals;
}

/** Every source, module and manifest is the one that was announced. */
export function checkSources(file: ChannelExport, bots: readonly AnnouncedBot[]): string {
  for (const bot of bots) {
    const { from, code_hash, manifest, manifest_hash, imports, language, engine, engine_parts } =
      bot;
    const source = file.sources[code_hash];
    if (source === undefined) {
      throw new Wrong("The source of the bot it announces is missing.", from);
    }
    if (hashText(new TextEncoder().encode(source)) !== code_hash) {
      throw new Wrong("The source is not the one it announces: another referee was put in.", from);
    }
    if (hashText(canonicalBytes(manifest)) !== manifest_hash) {
      throw new Wrong("The bot's manifest is not the one it announces.", from);
    }
    const runtime = language === "python" ? "cpython" : "quickjs";
    if (engine_parts && engineIdOf(runtime, engine_parts) !== engine) {
      throw new Wrong("The engine it announces is not made of the parts that it names.", from);
    }
    for (const { name, version, hash } of imports) {
      const module = file.modules.find((m) => m.name === name && m.version === version);
      if (!module || hashText(new TextEncoder().encode(module.source)) !== hash) {
        throw new Wrong(`${name} ${version} is not the module that it announces.`, from);
      }
    }
  }
  return `${bots.length} bots, each with the source and manifest that were announced`;
}

/** Every revealed seed is the one that was committed before play. */
export function checkSeeds(
  { entries }: Pick<ChannelExport, "entries">,
  bots: readonly AnnouncedBot[],
): string | Check {
  for (const { seed_commit, reveals } of bots) {
    for (const { id, seed } of reveals) {
      const isSeed = /^[0-9a-f]{64}$/.test(seed) && hashText(hexToBytes(seed)) === seed_commit;
      if (isSeed) continue;
      throw new Wrong(
        "The seed it reveals is not the one that was committed: the dice were loaded.",
        id,
      );
    }
  }
  const closed = entries.find(({ sender, body }) =>
    sender === SYSTEM && body?.type === "close_applied"
  );
  const hidden = bots.filter(({ seed }) => seed === undefined);
  if (closed && hidden[0]) {
    throw new Wrong(`The seed of ${hidden[0].bot_id} is kept back.`, closed.id);
  }
  if (hidden.length > 0) {
    const names = hidden.map(({ bot_id }) => bot_id).join(", ");
    const text =
      `not revealed yet: ${names}. A seed is revealed when its bot ends or the channel closes`;
    return { check: "seeds", verdict: "unknown", text };
  }
  return `${bots.length} revealed, each as committed before play`;
}

/** A bot as the rules of the channel see it. */
export function asBot(
  { bot_id, hooks }: AnnouncedBot,
): Pick<Bot, "bot_id" | "hooks"> {
  return { bot_id, hooks };
}
