/** The bots of a channel: how they come, go, are resumed, and what is told of each at its end. */
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
  /** Those that are there, in the order in which they came; at most
   *  `CHANNEL_LIMITS.botsPerChannel`. */
  readonly live = new Map<string, BotModel>();
  readonly #places: Places;
  readonly #sealed: boolean;
  /** All that were ever announced. */
  readonly #bots = new Map<string, BotModel>();
  /** What entry 2 tells of the bots that the channel begins with. */
  readonly #first = new Map<string, AnnouncedFirst>();
  /** The bot that the entry before has taken out. */
  #detached: string | undefined;
  /** The bot that came in its place, until that is told. */
  #replacing: string | undefined;
  /** The bot whose slot was made for it, as none was free. */
  #ownSlot: string | undefined;

  constructor(places: Places, sealed: boolean) {
    this.#places = places;
    this.#sealed = sealed;
  }

  /** A bot that was ever there. */
  bot(botId: string, id: number): BotModel {
    const bot = this.#bots.get(botId);
    wrongIf(!bot, `${botId} was never announced.`, id);
    return bot!;
  }

  /** Whether a bot is called when more is said, or will be when it is resumed. */
  isCalled(bot: BotModel): boolean {
    return this.live.has(bot.botId) && !bot.ended;
  }

  begin({ bots }: Of<"bots_announced">, id: number): void {
    wrongIf(id !== 2, "Bots are announced together at the beginning.", id);
    for (const bot of bots) this.#first.set(bot.bot_id, bot);
    this.changes.begins(bots);
  }

  attach(body: Of<"bot:attach">, entry: ExportedEntry): void {
    const { id } = entry;
    const { bot_id, name } = body;
    const first = this.#first.get(bot_id);
    wrongIf(this.#sealed && !first, "The channel is sealed.", id);
    wrongIf(bot_id !== `bot_${name}_${this.#bots.size}`, "Bots are numbered as they come.", id);
    const gone = this.#takeDetached();
    wrongIf(
      this.live.size >= CHANNEL_LIMITS.botsPerChannel,
      "It has as many bots as it may have.",
      id,
    );
    this.#ownSlot = undefined;
    if (first) this.#places.place(bot_id, first.slot_id, name, id);
    else if (gone !== undefined) this.#places.replace(gone, bot_id);
    else if (this.#places.placeSomewhere(bot_id, name, id)) this.#ownSlot = bot_id;
    this.#replacing = gone === undefined ? undefined : bot_id;
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
    wrongIf(!same, "Entry 2 has another summary of it.", id);
    bot.describe(body);
    bot.hears(announcement);
    this.changes.described(body.bot_id, this.#replacing === body.bot_id);
  }

  detach({ bot_id, cursor }: Of<"bot:detach">, entry: ExportedEntry): void {
    const { id } = entry;
    wrongIf(this.#sealed, "The channel is sealed.", id);
    const bot = this.live.get(bot_id);
    wrongIf(!bot, `${bot_id} was not there.`, id);
    bot!.hadCome(cursor ?? null, entry);
    bot!.goneAt = id;
    this.live.delete(bot_id);
    this.#detached = bot_id;
    this.changes.detached(bot_id);
  }

  set({ op: { slot_id, bot: told } }: Of<"set_bot_applied">, id: number): void {
    const botId = this.changes.set(id);
    const { attach } = this.bot(botId, id);
    const same = told.name === attach.name && told.version === attach.version &&
      told.code_hash === attach.code_hash;
    wrongIf(!same, "Another bot was set.", id);
    const mayBe = slot_id === undefined ? this.#replacing !== botId : this.#ownSlot !== botId;
    wrongIf(!mayBe, "It was set somewhere else.", id);
    if (slot_id !== undefined) this.#places.isIn(botId, slot_id, id);
    this.#replacing = undefined;
  }

  removed({ op: { bot_id, slot_id } }: Of<"remove_bot_applied">, id: number): void {
    const gone = this.#takeDetached();
    wrongIf(gone === undefined, "No bot was taken out.", id);
    if (bot_id !== gone) {
      wrongIf(slot_id === undefined, "Another bot was taken out.", id);
      this.#places.isIn(gone!, slot_id!, id);
    }
    this.#places.remove(gone!);
  }

  yielded({ op: { slot_id, to } }: Of<"yield_slot_applied">, id: number): void {
    const gone = this.#takeDetached();
    const isBots = this.#places.kindOf(slot_id, id) === "bot" || to === "bot";
    wrongIf(this.#sealed && isBots, "The channel is sealed.", id);
    if (gone !== undefined) {
      this.#places.isIn(gone, slot_id, id);
      this.#places.remove(gone);
    }
    this.#places.yield(slot_id, to, id);
  }

  resume({ op: { bot_id, slot_id } }: Of<"resume_bot_applied">, id: number): void {
    const named = bot_id === undefined ? undefined : this.live.get(bot_id);
    const there = slot_id === undefined ? undefined : this.#places.botIn(slot_id, id);
    const bots = [named, there === undefined ? undefined : this.live.get(there)]
      .filter((bot) => bot !== undefined);
    wrongIf(bots.length === 0, "There was no such bot.", id);
    // Where the log has not told which one is there, it may be any.
    for (const bot of this.#places.isSure(slot_id) ? bots : this.live.values()) {
      bot.paused = false;
      bot.resetKills();
    }
  }

  /** The channel is closed: the seed of every bot that is there is revealed. */
  close({ op: { seeds } }: Of<"close_applied">, entry: ExportedEntry): void {
    const { id } = entry;
    const bots = [...this.live.values()];
    const same = bots.length === seeds.length &&
      bots.every(({ botId }, i) => seeds[i]!.bot_id === botId);
    wrongIf(!same, "It reveals the seeds of other bots than there are.", id);
    for (const [i, bot] of bots.entries()) {
      bot.hadCome(seeds[i]!.cursor ?? null, entry);
      bot.goneAt = id;
    }
    this.live.clear();
  }

  #takeDetached(): string | undefined {
    const gone = this.#detached;
    this.#detached = undefined;
    return gone;
  }
}
