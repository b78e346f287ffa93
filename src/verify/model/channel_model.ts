/** Rebuilds the channel from its log, entry by entry, and checks that an honest server could have
 *  written each entry at its place. The work is linear: each entry meets at most
 *  `CHANNEL_LIMITS.botsPerChannel` bots, once. */
import { type Announced, announcedIn } from "../../domain/announcements/all.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { SERVER } from "../../domain/announcements/operations.ts";
import { claimableFrom } from "../../domain/referee/claim.ts";
import { audienceOf } from "../../domain/referee/hook_entries.ts";
import { canonicalText } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { isAnswered, isSpectator, SYSTEM } from "../../domain/transcript/transcript.ts";
import type { BotModel } from "./bot_model.ts";
import { checkExchange } from "./declared_bot.ts";
import type { Due } from "./changes.ts";
import { Deletion } from "./deletion.ts";
import { Idleness } from "./idleness.ts";
import { Places } from "./places.ts";
import { Roster } from "./roster.ts";
import { Seal } from "./seal.ts";
import { Watchers } from "./watchers.ts";
import { wrongIf } from "./wrong.ts";

type Opening = Extract<Announced, { type: "channel_created" }>;

export class ChannelModel {
  readonly #channelId: string;
  readonly #entries: readonly ExportedEntry[];
  #places!: Places;
  #roster!: Roster;
  #seal!: Seal;
  #idleness!: Idleness;
  #watchers!: Watchers;
  readonly #deletion = new Deletion();
  #closedAt = Infinity;
  /** For each ban, the players that it put out. */
  readonly #banned: string[][] = [];
  /** The players whom an admin has muted. */
  readonly #muted = new Set<string>();
  /** The time that entry 1 states for claims, ms. */
  #claimMs: number | undefined;
  /** When each player last said something. */
  readonly #spoke = new Map<string, number>();
  /** By entry: how many entries in a row, up to that one, have a cause. */
  readonly #chained: number[] = [];
  /** Whether the server has announced a spent budget since the last entry without a cause. */
  #spent = false;

  constructor(channelId: string, entries: readonly ExportedEntry[]) {
    this.#channelId = channelId;
    this.#entries = entries;
  }

  everSat(playerId: string): boolean {
    return this.#places.everSat(playerId);
  }

  /** The bots that a new entry can call. */
  get called(): BotModel[] {
    return [...this.#roster.live.values()].filter(({ ended }) => !ended);
  }

  /** Takes the next entry. Throws `Wrong` when no honest server writes it there. */
  meet(entry: ExportedEntry): void {
    const { id, sender, cause, to, body } = entry;
    wrongIf(!body && !to, "The body is withheld, although everyone may read it.", id);
    wrongIf(cause !== undefined && cause < 1, "The cause is not an entry.", id);
    const chained = cause === undefined ? 0 : (this.#chained.at(-1) ?? 0) + 1;
    if (cause === undefined) this.#spent = false;
    if (sender === SYSTEM) this.#meetSystem(entry, chained);
    else this.#meetSpeaker(entry);
    this.#idleness.passes(entry);
    this.#chained.push(chained);
    if (!isAnswered({ chained })) return;
    for (const bot of this.called) bot.hears(entry);
  }

  end(): void {
    this.#roster.changes.end(this.#entries.length);
  }

  #meetSpeaker(entry: ExportedEntry): void {
    const { id, sender, kind, cause, to, body } = entry;
    wrongIf(id === 1, "Entry 1 must open the channel.", id);
    this.#roster.changes.meet(undefined, id);
    wrongIf(this.#closedAt < id, "The channel was closed before.", id);
    if (isSpectator(entry)) return this.#watchers.say(entry);
    this.#seal.says(sender, entry);
    if (sender.startsWith("bot:")) {
      const botId = sender.slice("bot:".length);
      const bot = this.#roster.bot(botId, id);
      const own = (body === undefined || body.bot_id === botId) && kind !== "user";
      wrongIf(!own, `${botId} can't write an entry of this form.`, id);
      this.#ranFor(bot, cause, id);
      const sat = (player: string) => this.#places.sits(player, cause!);
      return bot.posts(entry, sat, this.#places.nextPlayer);
    }
    wrongIf(!this.#places.sits(sender, id), `${sender} had no seat.`, id);
    const plays = this.called.some((bot) => bot.mayPlay(sender));
    wrongIf(this.#muted.has(sender) && !plays, `${sender} was muted, and played no game.`, id);
    this.#spoke.set(sender, Date.parse(entry.ts));
    wrongIf(
      kind !== "user" || cause !== undefined,
      "A member can't write an entry of this kind, or one with a cause.",
      id,
    );
    const strangers = to?.some((player) => !this.#places.sits(player, id)) || to?.length === 0;
    wrongIf(strangers === true, "The recipients must be players who had a seat.", id);
  }

  #meetSystem(entry: ExportedEntry, chained: number): void {
    const { id, to, cause } = entry;
    if (!entry.body) return this.#meetWithheld(entry);
    const announced = announcedIn(entry);
    wrongIf(!announced, "The server writes no entry of this form.", id);
    const { body, rule } = announced!;
    wrongIf(
      rule.caused !== (cause !== undefined),
      `${body.type} ${rule.caused ? "must" : "can't"} have a cause.`,
      id,
    );
    wrongIf(
      to !== undefined && !rule.addressed,
      "The server addresses this type of entry to everyone.",
      id,
    );
    wrongIf(
      (id === 1) !== (body.type === "channel_created"),
      "Entry 1, and no other, opens the channel.",
      id,
    );
    wrongIf(this.#closedAt < id && !rule.afterClose, "The channel was closed before.", id);
    if (rule.addressed) this.#checkAudience(entry);
    if (body.type === "channel_created") return this.#open(body, entry);
    const due = this.#roster.changes.meet(body, id);
    if (rule.caused) this.#applyCaused(body, entry, chained);
    else this.#apply(body, entry, due);
  }

  /** Checks a withheld entry of the server. Only an entry about a hook that a whisper called can be
   *  withheld. */
  #meetWithheld(entry: ExportedEntry): void {
    const { id, kind, cause } = entry;
    wrongIf(
      cause === undefined || kind !== "control",
      "The body is withheld, although everyone may read it.",
      id,
    );
    this.#roster.changes.meet(undefined, id);
    this.#checkAudience(entry);
    const caused = this.#entry(cause!);
    wrongIf(!this.#isAnswered(cause!), "The server ran no hook for the cause.", id);
    for (const bot of this.called) bot.mayHaveFailed(caused);
  }

  /** Checks that an entry about a hook is addressed to those who may read its cause. */
  #checkAudience({ id, to, cause }: ExportedEntry): void {
    const expected = audienceOf(this.#entry(cause!)).to;
    wrongIf(
      canonicalText(expected ?? null) !== canonicalText(to ?? null),
      `The recipients are not those who may read entry ${cause}.`,
      id,
    );
  }

  #open(body: Opening, entry: ExportedEntry): void {
    wrongIf(body.channel_id !== this.#channelId, "The entry opens another channel.", 1);
    this.#places = new Places(body, 1);
    this.#roster = new Roster(this.#places, body);
    this.#seal = new Seal(body, entry);
    this.#idleness = new Idleness(body);
    this.#watchers = new Watchers(body);
    this.#claimMs = body.claim_ms;
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
        wrongIf(!this.#roster.isCalled(bot), `${bot.botId} had ended or was removed.`, id);
        wrongIf(
          this.#spent || !isAnswered({ chained }),
          "The bots' budget is spent: timers wait for a member's post.",
          id,
        );
        return bot.timer(body, entry, cause);
    }
  }

  /** Checks that the server ran hooks of the bot for a cause: it must not precede the announcement
   *  or lie beyond the bots' budget. */
  #ranFor(bot: BotModel, cause: number | undefined, id: number): void {
    const may = cause !== undefined && cause >= bot.from && this.#isAnswered(cause);
    wrongIf(!may, `No hook of ${bot.botId} can have caused this.`, id);
  }

  /** Checks a `bot:budget_spent`: bots have caused so many entries in a row that the server skips
   *  the next hook, or so many that due timers could exceed the budget. */
  #spend(bot: BotModel, cause: ExportedEntry, id: number): void {
    wrongIf(this.#spent, "The server had announced the spent budget before.", id);
    wrongIf(
      !this.#roster.isCalled(bot) || bot.paused,
      `${bot.botId} had ended, was removed or was paused.`,
      id,
    );
    this.#spent = true;
    const before = this.#chained.at(-1)!;
    if (!this.#isAnswered(cause.id)) {
      wrongIf(isAnswered({ chained: before }), "The bots' budget was not spent.", id);
      return bot.starves(cause, id);
    }
    const timers = BOT_LIMITS.timersPerBot * this.#roster.live.size;
    const may = cause.id >= bot.from && bot.hookOf(cause) && before > 0;
    wrongIf(
      !may || isAnswered({ chained: before + timers }),
      "The bots' budget was not spent.",
      id,
    );
  }

  #apply(body: Announced, entry: ExportedEntry, due: Due | undefined): void {
    const { id } = entry;
    const isByServer = body.type === "close_applied" && body.by === SERVER;
    if ("by" in body && !isByServer) this.#places.knows(body.by, id);
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
        this.#seal.says(body.player_id, entry);
        return this.#places.join(body, entry);
      case "member_left":
        this.#places.leave(body, id);
        this.#seal.leaves(body.player_id, body.reason, id);
        this.#roster.forget(body.player_id);
        if (body.reason === "removed") this.#roster.changes.memberRemoved(body);
        if (body.reason === "banned") this.#roster.changes.memberBanned(body, due);
        return;
      case "member_rejoined":
        this.#seal.changesHands(body.player_id);
        this.#roster.forget(body.player_id);
        this.#deletion.changesHands(body.player_id);
        return this.#places.rejoin(body, id);
      case "member_renamed":
        return this.#places.rename(body.player_id, body.display_name, id);
      case "idle_warning":
        return this.#idleness.warns(body.at, entry);
      case "close_asked":
        return this.#seal.asks(body.player_id, this.#places.sits(body.player_id, id), id);
      case "claim_applied":
        return this.#claim(body.op, entry);
      case "rematch_asked":
        this.#seal.says(body.player_id, entry);
        return this.#roster.askRematch(body, id);
      case "set_admin_applied":
        return this.#places.administrate(body.op.slot_id, id);
      case "set_bot_applied":
        return this.#roster.set(body, id);
      case "remove_bot_applied":
        return this.#roster.removed(body, id);
      case "pause_bot_applied":
        return this.#roster.pause(body, id);
      case "read_log_applied":
      case "replace_state_applied":
      case "emit_hook_applied":
        return this.#roster.debug(body, id);
      case "resume_bot_applied":
        return this.#roster.resume(body, id);
      case "ban_applied":
        this.#banned.push(due?.type === "banned" ? due.players : []);
        return;
      case "unban_applied":
        return this.#unban(body.op.player_id, id);
      case "mute_applied":
        return this.#mute(body.op, id);
      case "add_slot_applied":
        this.#seal.keepsSlots(id);
        return this.#places.addSlot(body.op, id);
      case "new_invite_applied":
        return this.#places.invite(body.op, id);
      case "revoke_invite_applied":
        return this.#places.revoke(body.op.slot_id, id);
      case "yield_slot_applied":
        return this.#roster.yielded(body, id);
      case "set_visibility_applied": {
        const { visibility, open_seats } = body.op;
        this.#seal.admits(this.called.length === 0, id);
        wrongIf(
          visibility === undefined && open_seats === undefined,
          "The operation changes nothing.",
          id,
        );
        if (visibility !== undefined) this.#watchers.showTo(visibility);
        return open_seats === undefined ? undefined : this.#places.offer(open_seats);
      }
      case "set_spectators_applied":
        this.#seal.admits(this.called.length === 0, id);
        return this.#watchers.admit(body.op, id);
      case "close_applied":
        if (isByServer) this.#idleness.closes(entry);
        else this.#seal.closes(this.#places.seated, this.called.length === 0, entry);
        this.#roster.close(body, entry);
        this.#closedAt = id;
        return;
      case "delete_applied":
        return this.#deletion.announce(body.op.at, this.#closedAt < id, entry);
      case "delete_agreed":
        return this.#deletion.agree(
          body.by,
          body.by === "host" || this.#places.sits(body.by, id),
          id,
        );
    }
  }

  #mute(
    { player_id, muted }: Extract<Announced, { type: "mute_applied" }>["op"],
    id: number,
  ): void {
    wrongIf(!this.#places.sits(player_id, id), `${player_id} had no seat.`, id);
    if (muted) this.#muted.add(player_id);
    else this.#muted.delete(player_id);
  }

  #unban(playerId: string, id: number): void {
    const at = this.#banned.findIndex((players) => players.includes(playerId));
    wrongIf(at < 0, `${playerId} was not banned.`, id);
    this.#banned.splice(at, 1);
  }

  /** Checks that a player could claim a turn: it is the newest of its bot, and those who have it
   *  did not go on in time. */
  #claim(
    { player_id, bot_id, turn_id }: Extract<Announced, { type: "claim_applied" }>["op"],
    { id, ts }: ExportedEntry,
  ): void {
    const bot = this.#roster.bot(bot_id, id);
    const { turn, named } = bot;
    const isGiven = this.#roster.isCalled(bot) && !bot.paused && turn?.id === turn_id;
    wrongIf(!isGiven, `Message ${turn_id} gives no turn of ${bot_id}.`, id);
    wrongIf(turn!.claimed, "This turn was claimed before.", id);
    turn!.claimed = true;
    const waited = turn!.players.filter((player) => this.#places.sits(player, id));
    const plays = named.length === 0 || named.includes(player_id);
    const may = this.#places.sits(player_id, id) && plays && !turn!.players.includes(player_id);
    wrongIf(!may || waited.length === 0, `${player_id} could not claim this turn.`, id);
    const said = waited.flatMap((player) => this.#spoke.get(player) ?? []);
    const isTime = this.#claimMs !== undefined &&
      Date.parse(ts) >= claimableFrom(this.#claimMs, turn!, said).from;
    wrongIf(!isTime, "The time that entry 1 states for claims was not over.", id);
  }

  #isAnswered(id: number): boolean {
    return isAnswered({ chained: this.#chained[id - 1]! });
  }

  #entry(id: number): ExportedEntry {
    return this.#entries[id - 1]!;
  }
}
