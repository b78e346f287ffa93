/** The input of `create_channel` for a built-in game. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import { playersOf } from "../../domain/bot/params.ts";
import type { JsonObject } from "../../kernel/json.ts";

export type Game = Pick<CataloguedBot, "name" | "players" | "manifest" | "rules">;

const INVITE = "invite:";

/** The example in the rules, if they have one for this bot. */
export function exampleFor(game: Game): JsonObject {
  const { name, rules, players } = game;
  for (const [, text] of rules.matchAll(/^\`\`\`json\n([\s\S]*?)^\`\`\`/gm)) {
    const example = parsed(text!);
    const presets = [example?.bot_preset, ...refs(example?.bots)];
    if (example?.slots && presets.includes(name)) return example;
  }
  return channelFor(game, Math.max(players.min, Math.min(2, players.max)), {});
}

/** How many can sit at a table of this game, and how many usually do. */
export function seatsOf(game: Game): { least: number; most: number; usual: number } {
  const { players: { min, max }, manifest } = game;
  const { least: fewest = min, most: limit = max } = playersOf(manifest) ?? {};
  const least = Math.max(min, fewest);
  const most = Math.min(max, limit);
  return { least, most, usual: Math.max(least, Math.min(seatsIn(exampleFor(game)), most)) };
}

/** A channel for so many players, for all of whom the bot waits. `net` are the hosts that the bot
 *  may contact, in place of those that it declares. */
export function channelFor(
  { name, manifest }: Game,
  seats: number,
  params: JsonObject,
  net?: string[],
): JsonObject {
  const given = { ...params, ...playersOf(manifest) && { players: seats } };
  const slots = ["bot:referee", ...inviteSlots(seats)];
  if (net === undefined) {
    const isEmpty = Object.keys(given).length === 0;
    return { name, slots, bot_preset: name, ...!isEmpty && { bot_params: given } };
  }
  return {
    name,
    slots,
    bots: [{ code_ref: `builtin://${name}`, manifest: { net }, params: given }],
  };
}

export function inviteSlots(seats: number): string[] {
  return Array.from({ length: seats }, (_, i) => `${INVITE}player ${i + 1}`);
}

/** The number of players whom an input invites. */
export function seatsIn({ slots }: JsonObject): number {
  return (slots as string[]).filter((slot) => slot.startsWith(INVITE)).length;
}

function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an example with gaps
  }
}

function refs(bots: unknown): string[] {
  if (!Array.isArray(bots)) return [];
  return bots.map(({ code_ref = "" }) => String(code_ref).replace("builtin://", ""));
}
