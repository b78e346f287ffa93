/** The channel as its log tells it, from entry 1 on: what each entry makes of it, and whether an
 *  honest server could have written that entry then. Every entry is looked at once, beside at most
 *  eight bots. */
import { type Announced, announcedIn } from "../../domain/announcements/all.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { audienceOf } from "../../domain/referee/hook_entries.ts";
import { canonicalText } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { isAnswered, SYSTEM } from "../../domain/transcript/transcript.ts";
import type { BotModel } from "./bot_model.ts";
import { checkExchange } from "./declared_bot.ts";
import { Places } from "./places.ts";
import { Roster } from "./roster.ts";
import { wrongIf } from "./wrong.ts";

type Opening = Extract<Announced, { type: "channel_created" }>;

export class ChannelModel {
  readonly #channelId: string;
  readonly #entries: readonly ExportedEntry[];
  #places!: Places;
  #roster!: Roster;
  #closedAt = Infinity;
  /** By entry, how many entries bots have caused in a row. */
  readonly #chained: number[] = [];
  /** Whether it was told, since the last entry that no hook said, that bots have said enough. */
  #spent = false;

  constructor(channelId: string, entries: readonly ExportedEntry[]) {
    this.#channelId = channelId;
    this.#entries = entries;
  }

  everSat(playerId: string): boolean {
    return this.#places.everSat(playerId);
  }

  /** The bots that are called when more is said. */
  get called(): BotModel[] {
    return [...this.#roster.live.values()].filter(({ ended }) => !ended);
  }

  /** Comes to the next entry. Throws `Wrong` for one that no honest server has written there. */
  meet(entry: ExportedEntry): void {
    const { id, sender, cause, to, body } = entry;
    wrongIf(!body && !to, "Its body is for everyone, and is withheld.", id);
    wrongIf(cause !== undefined && cause < 1, "Its cause is no entry.", id);
    const chained = cause === undefined ? 0 : (this.#chained.at(-1) ?? 0) + 1;
    if (cause === undefined) this.#spent = false;
    if (sender === SYSTEM) this.#meetSystem(entry, chained);
    else this.#meetSpeaker(entry);
    this.#chained.push(chained);
    if (!isAnswered({ chained })) return;
    for (const bot of this.called) bot.hears(entry);
  }

  end(): void {
    this.#roster.changes.end(this.#entries.length);
  }

  #meetSpeaker(entry: ExportedEntry): void {
    const { id, sender, kind, cause, to, body } = entry;
    wrongIf(id === 1, "It does not open the channel.", id);
    this.#roster.changes.meet(undefined, id);
    wrongIf(this.#closedAt < id, "The channel was closed.", id);
    if (sender.startsWith("bot:")) {
      const botId = sender.slice("bot:".length);
      const bot = this.#roster.bot(botId, id);
      const own = (body === undefined || body.bot_id === botId) && kind !== "user";
      wrongIf(!own, `${botId} can't say it in this form.`, id);
      this.#ranFor(bot, cause, id);
      return bot.posts(entry, (player) => this.#places.sits(player, cause!));
    }
    wrongIf(!this.#places.sits(sender, id), `${sender} had no seat.`, id);
    wrongIf(kind !== "user" || cause !== undefined, "No member can say this.", id);
    const strangers = to?.some((player) => !this.#places.sits(player, id)) || to?.length === 0;
    wrongIf(strangers === true, "It is for somebody who did not sit there.", id);
  }

  #meetSystem(entry: ExportedEntry, chained: number): void {
    const { id, to, cause } = entry;
    if (!entry.body) return this.#meetWithheld(entry);
    const told = announcedIn(entry);
    wrongIf(!told, "The server says nothing of this form.", id);
    const { body, rule } = told!;
    wrongIf(rule.caused !== (cause !== undefined), "Its cause is none it can have.", id);
    wrongIf(to !== undefined && !rule.addressed, "The server tells this everyone.", id);
    wrongIf((id === 1) !== (body.type === "channel_created"), "It opens the channel.", id);
    wrongIf(this.#closedAt < id && !rule.afterClose, "The channel was closed.", id);
    if (rule.addressed) this.#isForItsHearers(entry);
    if (body.type === "channel_created") return this.#open(body);
    this.#roster.changes.meet(body, id);
    if (rule.caused) this.#applyCaused(body, entry, chained);
    else this.#apply(body, entry);
  }

  /** It tells of a hook that a whisper called, or nobody could be kept from reading it. */
  #meetWithheld(entry: ExportedEntry): void {
    const { id, kind, cause } = entry;
    wrongIf(cause === undefined || kind !== "control", "What everyone may read is withheld.", id);
    this.#roster.changes.meet(undefined, id);
    this.#isForItsHearers(entry);
    const caused = this.#entry(cause!);
    wrongIf(!this.#isAnswered(cause!), "No hook was run there.", id);
    for (const bot of this.called) bot.mayHaveFailed(caused);
  }

  /** What is told of a hook is for those who may read what called it. */
  #isForItsHearers({ id, to, cause }: ExportedEntry): void {
    const expected = audienceOf(this.#entry(cause!)).to;
    wrongIf(
      canonicalText(expected ?? null) !== canonicalText(to ?? null),
      `It is for others than those who may read entry ${cause}.`,
      id,
    );
  }

  #open(body: Opening): void {
    wrongIf(body.channel_id !== this.#channelId, "It opens another channel.", 1);
    this.#places = new Places(body, 1);
    this.#roster = new Roster(this.#places, body.sealed);
  }

  #applyCaused(body: Announced, entry: ExportedEntry, chained: number): void {
    if (!("bot_id" in body)) return;
    const { id } = entry;
    const bot = this.#roster.bot(body.bot_id, id);
    const cause = this.#entry(entry.cause!);
    if (body.type === "bot:budget_spent") return this.#spend(bot, cause, id);
    this.#ranFor(bot, entry.cause, id);
    switch (body.type) {
      case "bot:evidence":
        for (const exchange of body.exchanges) checkExchange(bot.attach, exchange, id);
        return bot.asked(body.hook, entry, cause);
      case "bot:failed":
        bot.fails(body, entry, cause);
        if (bot.mustPause) this.#roster.changes.mustPause(bot.botId);
        return;
      case "bot:paused":
        return bot.pauses(entry, this.#entry(id - 1));
      case "bot:end":
        return bot.ends(entry);
      case "bot:timer":
        wrongIf(!this.#roster.isCalled(bot), `${bot.botId} was gone.`, id);
        wrongIf(this.#spent || !isAnswered({ chained }), "Timers wait for a member here.", id);
        return bot.timer(body, entry, cause);
    }
  }

  /** A hook was run for its cause: one after the announcement, and not one of too many that bots
   *  have caused. */
  #ranFor(bot: BotModel, cause: number | undefined, id: number): void {
    const may = cause !== undefined && cause >= bot.from && this.#isAnswered(cause);
    wrongIf(!may, `Nothing has made ${bot.botId} do this.`, id);
  }

  /** Bots have said enough in a row: one would be called again, or timers would come that are too
   *  many. */
  #spend(bot: BotModel, cause: ExportedEntry, id: number): void {
    wrongIf(this.#spent, "It was told before.", id);
    wrongIf(!this.#roster.isCalled(bot) || bot.paused, `${bot.botId} was not to be called.`, id);
    this.#spent = true;
    const before = this.#chained.at(-1)!;
    if (!this.#isAnswered(cause.id)) {
      wrongIf(isAnswered({ chained: before }), "Bots had not said too much.", id);
      return bot.starves(cause, id);
    }
    const timers = BOT_LIMITS.timersPerBot * this.#roster.live.size;
    const may = cause.id >= bot.from && bot.hookOf(cause) && before > 0;
    wrongIf(!may || isAnswered({ chained: before + timers }), "Bots had not said too much.", id);
  }

  #apply(body: Announced, entry: ExportedEntry): void {
    const { id } = entry;
    switch (body.type) {
      case "bots_announced":
        return this.#roster.begin(body, id);
      case "bot:attach":
        return this.#roster.attach(body, entry);
      case "bot:manifest":
        return this.#roster.describe(body, this.#entry(id - 1), id);
      case "bot:detach":
        return this.#roster.detach(body, entry);
      case "member_joined":
        return this.#places.join(body, id);
      case "member_left":
        return this.#places.leave(body, id);
      case "member_rejoined":
        return this.#places.rejoin(body, id);
      case "set_admin_applied":
        return this.#places.administrate(body.op.slot_id, id);
      case "set_bot_applied":
        return this.#roster.set(body, id);
      case "remove_bot_applied":
        return this.#roster.removed(body, id);
      case "resume_bot_applied":
        return this.#roster.resume(body, id);
      case "yield_slot_applied":
        return this.#roster.yielded(body, id);
      case "close_applied":
        this.#roster.close(body, entry);
        this.#closedAt = id;
    }
  }

  #isAnswered(id: number): boolean {
    return isAnswered({ chained: this.#chained[id - 1]! });
  }

  #entry(id: number): ExportedEntry {
    return this.#entries[id - 1]!;
  }
}
