/** The bots of a channel: how they are attached, replaced, resumed and removed, and the seeds and
 *  cursors that the log reveals at the end. */
import type { Announced } from "../../domain/announcements/all.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { isConfidential } from "../../domain/bot/hearing.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { canonicalText, type Json } from "../../kernel/json.ts";
import { inSeatOrder, rotated } from "../../domain/referee/rematch.ts";
import { BotModel } from "./bot_model.ts";
import { type AnnouncedFirst, Changes } from "./changes.ts";
import { checkDescribed } from "./declared_bot.ts";
import type { Places } from "./places.ts";
import { wrongIf } from "./wrong.ts";

type Of<T extends Announced["type"]> = Extract<Announced, { type: T }>;

/** What a rematch has in common with the bot before. Engines and the seed are its own. */
const SAME = [
  "name",
  "version",
  "language",
  "class_name",
  "code_hash",
  "manifest_hash",
  "imports",
  "net",
  "private",
  "env",
  "env_commit",
] as const;

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalText(a ?? null) === canonicalText(b ?? null);
}

export class Roster {
  readonly changes = new Changes();
  /** The bots in the channel, in the order of attachment; at most
   *  `CHANNEL_LIMITS.botsPerChannel`. */
  readonly live = new Map<string, BotModel>();
  readonly #places: Places;
  readonly #sealed: boolean;
  readonly #rated: boolean;
  /** Whether a confidential bot has been announced. */
  #confidential = false;
  /** All bots that were ever announced. */
  readonly #bots = new Map<string, BotModel>();
  /** The channel's first bots, as entry 2 lists them. */
  readonly #first = new Map<string, AnnouncedFirst>();
  /** The bot that the entry before removed. */
  #detached: string | undefined;
  /** The bot that replaces it, until the log says so in `set_bot_applied`. */
  #replacing: string | undefined;
  /** The ended bot of which every player has asked for a rematch: the next entry begins it. */
  #rematchOf: string | undefined;
  /** The last attached bot, if a new slot was made for it because none was free. */
  #ownSlot: string | undefined;

  constructor(places: Places, { sealed, rated }: Of<"channel_created">) {
    this.#places = places;
    this.#sealed = sealed;
    this.#rated = rated === true;
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
    wrongIf(this.#rated && bots.length > 1, "A rated channel has one bot.", id);
    for (const bot of bots) this.#first.set(bot.bot_id, bot);
    this.changes.begins(bots);
  }

  attach(body: Of<"bot:attach">, entry: ExportedEntry): void {
    const { id } = entry;
    const { bot_id, name } = body;
    const first = this.#first.get(bot_id);
    const again = this.#takeRematch(body, id);
    wrongIf(
      this.#sealed && !first && !again,
      "The channel is sealed, so its bots can't change.",
      id,
    );
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
    if (again) this.#places.replace(again.botId, bot_id);
    else if (first) this.#places.place(bot_id, first.slot_id, name, id);
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
    const { beside, sealed } = body;
    const others = [...this.live.values()].filter((other) => other !== bot && !other.ended);
    const knows = beside === undefined ||
      beside.join(" ") === others.map(({ botId }) => botId).join(" ");
    wrongIf(!knows, "The bots beside it are others.", id);
    wrongIf(sealed === true && !this.#sealed, "The channel is not sealed.", id);
    bot.describe(body);
    bot.hears(announcement);
    this.#checkConfidence(bot, body, id);
    const { rematch_of } = bot.attach;
    if (rematch_of !== undefined) {
      const { manifest, manifest_excerpt } = this.bot(rematch_of, id).description!;
      const isSame = isEqual(manifest, body.manifest) &&
        isEqual(manifest_excerpt, body.manifest_excerpt);
      wrongIf(!isSame, `The rematch has another manifest than ${rematch_of}.`, id);
    }
    const replaces = this.#replacing === body.bot_id;
    this.changes.described(body.bot_id, replaces, rematch_of !== undefined);
  }

  /** A player asks for a rematch: the last one who has to begins it. */
  askRematch({ player_id, bot_id }: Of<"rematch_asked">, id: number): void {
    const bot = this.live.get(bot_id);
    wrongIf(!bot?.ended, `${bot_id} had not ended, or was not in the channel.`, id);
    const players = this.#rematchPlayers(bot!);
    wrongIf(!players.includes(player_id), `${player_id} was not one of the players.`, id);
    const asked = bot!.rematchAsked;
    const isNew = !asked.has(player_id);
    asked.add(player_id);
    const isComplete = players.every((player) => asked.has(player));
    wrongIf(!isNew && !isComplete, `${player_id} had asked before.`, id);
    if (!isComplete) return;
    this.#rematchOf = bot_id;
    this.changes.rematch(bot_id);
  }

  /** Takes the news that a player has gone, or that another principal holds its seat. */
  forget(playerId: string): void {
    for (const bot of this.live.values()) bot.rematchAsked.delete(playerId);
  }

  /** Checks the announcement of a bot against the bot whose rematch is due, and removes that one;
   *  undefined when the announcement is no rematch. */
  #takeRematch(body: Of<"bot:attach">, id: number): BotModel | undefined {
    const of = this.#rematchOf;
    this.#rematchOf = undefined;
    wrongIf(body.rematch_of !== of, "Not all players had asked for this rematch.", id);
    if (of === undefined) return undefined;
    const before = this.live.get(of)!;
    const isSame = SAME.every((name) =>
      isEqual(body[name] as Json | undefined, before.attach[name] as Json | undefined)
    );
    wrongIf(!isSame, `The rematch is not of the same bot as ${of}.`, id);
    const seats = rotated(this.#rematchPlayers(before));
    wrongIf(!isEqual(seats, body.seats), "The players must move up by one in a rematch.", id);
    before.goneAt = id;
    this.live.delete(of);
    return before;
  }

  #rematchPlayers({ attach, named }: BotModel): string[] {
    const sitting = this.#places.seated.map((player_id) => ({ player_id }));
    const seated = inSeatOrder(sitting, attach.seats).map(({ player_id }) => player_id);
    const here = named.filter((player) => seated.includes(player));
    return here.length > 0 ? here : seated;
  }

  /** A confidential bot is the only one that hears addressed entries, from its manifest on. */
  #checkConfidence(
    { botId, attach }: BotModel,
    { manifest }: Of<"bot:manifest">,
    id: number,
  ): void {
    const listens = attach.private === true;
    const again = attach.rematch_of === undefined ? undefined : this.#bots.get(attach.rematch_of);
    const isSame = again?.description !== undefined &&
      isConfidential({ private: again.attach.private, manifest: again.description.manifest });
    wrongIf(
      listens && this.#confidential && !isSame,
      "Another bot was promised to hear alone.",
      id,
    );
    if (!isConfidential({ private: listens, manifest })) return;
    const others = [...this.live.values()].filter((bot) => bot.botId !== botId);
    const isAlone = others.every(({ attach: { private: all = true } }) => !all);
    wrongIf(!isAlone, `${botId} is not the only bot that hears addressed entries.`, id);
    this.#confidential = true;
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

  pause({ op }: Of<"pause_bot_applied">, id: number): void {
    wrongIf(this.#sealed, "The channel is sealed, so nobody can pause its bots.", id);
    const bots = this.#named(op, id);
    // If the log has not shown which bot is in the slot, none of them is surely paused.
    if (!this.#places.isSure(op.slot_id)) return;
    for (const bot of bots) {
      wrongIf(bot.paused || bot.ended, `${bot.botId} was paused or had ended.`, id);
      bot.pauseAt(id);
    }
  }

  debug(
    { op }: Of<"read_log_applied" | "replace_state_applied" | "emit_hook_applied">,
    id: number,
  ): void {
    wrongIf(this.#sealed, "The channel is sealed, so nobody can look into its bots.", id);
    const [bot] = this.#named(op, id);
    wrongIf(op.type !== "read_log" && bot!.ended, `${op.bot_id} had ended.`, id);
    const isCalled = op.type !== "emit_hook" || bot!.hooks.includes(op.hook);
    wrongIf(!isCalled, `${op.bot_id} has no such hook.`, id);
  }

  resume({ op }: Of<"resume_bot_applied">, id: number): void {
    const bots = this.#named(op, id);
    // If the log has not shown which bot is in the slot, any of them may have been resumed.
    for (const bot of this.#places.isSure(op.slot_id) ? bots : this.live.values()) {
      bot.paused = false;
      bot.resetKills();
    }
  }

  /** The bots that an operation may name by its fields. */
  #named(
    { bot_id, slot_id }: { bot_id?: string | undefined; slot_id?: string | undefined },
    id: number,
  ): BotModel[] {
    const named = bot_id === undefined ? undefined : this.live.get(bot_id);
    const there = slot_id === undefined ? undefined : this.#places.botIn(slot_id, id);
    const bots = [named, there === undefined ? undefined : this.live.get(there)]
      .filter((bot) => bot !== undefined);
    wrongIf(bots.length === 0, "The channel had no such bot.", id);
    return bots;
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
