/** The bots of a channel: how they are attached, replaced, resumed and removed, and the seeds and
 *  cursors that the log reveals at the end. */
import type { Announced } from "../../domain/announcements/all.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { BotModel } from "./bot_model.ts";
import { type AnnouncedFirst, Changes } from "./changes.ts";
import { checkDescribed } from "./declared_bot.ts";
import type { Places } from "./places.ts";
import { wrongIf } from "./wrong.ts";

type Of<T extends Announced["type"]> = Extract<Announced, { type: T }>;

export class Roster {
  readonly changes = new Changes();
  /** The bots in the channel, in the order of attachment; at most
   *  `CHANNEL_LIMITS.botsPerChannel`. */
  readonly live = new Map<string, BotModel>();
  readonly #places: Places;
  readonly #sealed: boolean;
  /** All bots that were ever announced. */
  readonly #bots = new Map<string, BotModel>();
  /** The channel's first bots, as entry 2 lists them. */
  readonly #first = new Map<string, AnnouncedFirst>();
  /** The bot that the entry before removed. */
  #detached: string | undefined;
  /** The bot that replaces it, until the log says so in `set_bot_applied`. */
  #replacing: string | undefined;
  /** The last attached bot, if a new slot was made for it because none was free. */
  #ownSlot: string | undefined;

  constructor(places: Places, sealed: boolean) {
    this.#places = places;
    this.#sealed = sealed;
  }

  /** A bot that was ever announced. */
  bot(botId: string, id: number): BotModel {
    const bot = this.#bots.get(botId);
    wrongIf(!bot, `${botId} was never announced.`, id);
    return bot!;
  }

  /** Whether a new entry can call the bot, now or after an admin resumes it. */
  isCalled(bot: BotModel): boolean {
    return this.live.has(bot.botId) && !bot.ended;
  }

  begin({ bots }: Of<"bots_announced">, id: number): void {
    wrongIf(id !== 2, "Only entry 2 lists the first bots.", id);
    for (const bot of bots) this.#first.set(bot.bot_id, bot);
    this.changes.begins(bots);
  }

  attach(body: Of<"bot:attach">, entry: ExportedEntry): void {
    const { id } = entry;
    const { bot_id, name } = body;
    const first = this.#first.get(bot_id);
    wrongIf(this.#sealed && !first, "The channel is sealed, so its bots can't change.", id);
    wrongIf(
      bot_id !== `bot_${name}_${this.#bots.size}`,
      "Bot ids must count up in the order of attachment.",
      id,
    );
    const detached = this.#takeDetached();
    wrongIf(
      this.live.size >= CHANNEL_LIMITS.botsPerChannel,
      `The channel has ${CHANNEL_LIMITS.botsPerChannel} bots already.`,
      id,
    );
    this.#ownSlot = undefined;
    if (first) this.#places.place(bot_id, first.slot_id, name, id);
    else if (detached !== undefined) this.#places.replace(detached, bot_id);
    else if (this.#places.placeSomewhere(bot_id, name, id)) this.#ownSlot = bot_id;
    this.#replacing = detached === undefined ? undefined : bot_id;
    const bot = new BotModel(body, entry);
    this.#bots.set(bot_id, bot);
    this.live.set(bot_id, bot);
    this.changes.attached(bot_id);
  }

  describe(body: Of<"bot:manifest">, announcement: ExportedEntry, id: number): void {
    const bot = this.bot(body.bot_id, id);
    checkDescribed(bot.attach, body, id);
    const first = this.#first.get(body.bot_id);
    const same = !first || first.summary === body.manifest_excerpt.summary;
    wrongIf(!same, "The summary is not that in entry 2.", id);
    bot.describe(body);
    bot.hears(announcement);
    this.changes.described(body.bot_id, this.#replacing === body.bot_id);
  }

  detach({ bot_id, cursor }: Of<"bot:detach">, entry: ExportedEntry): void {
    const { id } = entry;
    wrongIf(this.#sealed, "The channel is sealed, so its bots can't change.", id);
    const bot = this.live.get(bot_id);
    wrongIf(!bot, `${bot_id} was not in the channel.`, id);
    bot!.hadCome(cursor ?? null, entry);
    bot!.goneAt = id;
    this.live.delete(bot_id);
    this.#detached = bot_id;
    this.changes.detached(bot_id);
  }

  set({ op: { slot_id, bot } }: Of<"set_bot_applied">, id: number): void {
    const botId = this.changes.set(id);
    const { attach } = this.bot(botId, id);
    const same = bot.name === attach.name && bot.version === attach.version &&
      bot.code_hash === attach.code_hash;
    wrongIf(!same, "The operation names another bot than was announced.", id);
    const mayBe = slot_id === undefined ? this.#replacing !== botId : this.#ownSlot !== botId;
    wrongIf(!mayBe, "The bot was not set in this slot.", id);
    if (slot_id !== undefined) this.#places.isIn(botId, slot_id, id);
    this.#replacing = undefined;
  }

  removed({ op: { bot_id, slot_id } }: Of<"remove_bot_applied">, id: number): void {
    const detached = this.#takeDetached();
    wrongIf(detached === undefined, "No bot was removed directly before.", id);
    if (bot_id !== detached) {
      wrongIf(slot_id === undefined, "Another bot was removed directly before.", id);
      this.#places.isIn(detached!, slot_id!, id);
    }
    this.#places.remove(detached!);
  }

  yielded({ op: { slot_id, to } }: Of<"yield_slot_applied">, id: number): void {
    const detached = this.#takeDetached();
    const isBots = this.#places.kindOf(slot_id, id) === "bot" || to === "bot";
    wrongIf(this.#sealed && isBots, "The channel is sealed, so its bots can't change.", id);
    if (detached !== undefined) {
      this.#places.isIn(detached, slot_id, id);
      this.#places.remove(detached);
    }
    this.#places.yield(slot_id, to, id);
  }

  resume({ op: { bot_id, slot_id } }: Of<"resume_bot_applied">, id: number): void {
    const named = bot_id === undefined ? undefined : this.live.get(bot_id);
    const there = slot_id === undefined ? undefined : this.#places.botIn(slot_id, id);
    const bots = [named, there === undefined ? undefined : this.live.get(there)]
      .filter((bot) => bot !== undefined);
    wrongIf(bots.length === 0, "The channel had no such bot.", id);
    // If the log has not shown which bot is in the slot, any of them may have been resumed.
    for (const bot of this.#places.isSure(slot_id) ? bots : this.live.values()) {
      bot.paused = false;
      bot.resetKills();
    }
  }

  /** Checks that closing the channel reveals the seed of every bot in it, in order. */
  close({ op: { seeds } }: Of<"close_applied">, entry: ExportedEntry): void {
    const { id } = entry;
    const bots = [...this.live.values()];
    const same = bots.length === seeds.length &&
      bots.every(({ botId }, i) => seeds[i]!.bot_id === botId);
    wrongIf(!same, "The revealed seeds are not exactly those of the channel's bots.", id);
    for (const [i, bot] of bots.entries()) {
      bot.hadCome(seeds[i]!.cursor ?? null, entry);
      bot.goneAt = id;
    }
    this.live.clear();
  }

  #takeDetached(): string | undefined {
    const detached = this.#detached;
    this.#detached = undefined;
    return detached;
  }
}
