/** Who says what, and when: members who sit in the channel, bots that are announced and still there, and the server, which
 *  says only what it says by its rules. What a hook said is compared elsewhere (`replay.ts`); here is what needs no engine. */
import type { ChannelExport, ExportedEntry } from "../domain/channel_export.ts";
import { SYSTEM } from "../domain/transcript.ts";
import { Wrong } from "./report.ts";
import { type SystemBody, systemBodyIn } from "./system_bodies.ts";

/** Types of entries that may still come when the channel is closed: what was under way, and who leaves. */
const AFTER_CLOSE = ["bot:evidence", "member_left", "member_rejoined"];
/** What a channel begins with, before anybody can have joined. */
const OPENING = ["channel_created", "bots_announced", "bot:attach", "bot:manifest"];

interface Announced {
  from: number;
  attach: Extract<SystemBody, { type: "bot:attach" }>;
  /** It was taken out, or said that it is done. */
  gone: boolean;
  /** It was taken out. */
  detached: boolean;
  /** The entry whose hook it spoke of last. */
  lastCause: number;
  /** The entry whose hook had to be killed, when that was the last that is told of it. */
  killedAt?: number;
}

export function checkSpeakers({ channel_id, entries }: ChannelExport): string {
  const channel = new Speakers(channel_id);
  for (const entry of entries) channel.meet(entry);
  channel.end(entries.length);
  return "everybody who speaks may, and the server says only what follows its rules";
}

class Speakers {
  readonly #channelId: string;
  readonly #seated = new Set<string>();
  readonly #bots = new Map<string, Announced>();
  /** Entries whose hooks the server told something of that this viewer may not read. */
  readonly #withheld = new Set<number>();
  readonly #everSeated = new Set<string>();
  #announcedFirst: Extract<SystemBody, { type: "bots_announced" }>["bots"] = [];
  #sealed = false;
  #opening = true;
  #closed = false;
  /** Whether it was told, since the last entry that no hook said, that bots have said enough. */
  #spent = false;
  /** The bot whose manifest has to come next. */
  #described: string | undefined;

  constructor(channelId: string) {
    this.#channelId = channelId;
  }

  meet(entry: ExportedEntry): void {
    const { id, sender, kind, cause, to, body } = entry;
    if (!body && !to) throw new Wrong("Its body is for everyone, and is withheld.", id);
    if (cause === undefined) this.#spent = false;
    if (sender === SYSTEM) return this.#meetSystem(entry);
    this.#opening = false;
    this.#refuseIf(this.#described !== undefined, "A bot was announced without its manifest.", id);
    this.#refuseIf(this.#closed, "The channel was closed.", id);
    if (sender.startsWith("bot:")) {
      const botId = sender.slice("bot:".length);
      this.#speaks(botId, id, cause);
      const own = body === undefined || body.bot_id === botId;
      this.#refuseIf(!own || kind === "user", `${botId} can't say it in this form.`, id);
      return;
    }
    this.#refuseIf(!this.#seated.has(sender), `${sender} had no seat.`, id);
    this.#refuseIf(kind !== "user" || cause !== undefined, "No member can say this.", id);
  }

  end(last: number): void {
    for (const { bot_id, name, version, code_hash } of this.#announcedFirst) {
      const { attach, from = 2 } = this.#bots.get(bot_id) ?? {};
      const same = attach?.name === name && attach.version === version &&
        attach.code_hash === code_hash;
      this.#refuseIf(!same, `Entry 2 announces ${bot_id} as another bot.`, from);
    }
    this.#refuseIf(
      this.#described !== undefined,
      "A bot was announced without its manifest.",
      last,
    );
  }

  #refuseIf(wrong: boolean, text: string, id: number): void {
    if (wrong) throw new Wrong(text, id);
  }

  #meetSystem(entry: ExportedEntry): void {
    const { id, to, cause } = entry;
    if (!entry.body) {
      // It tells of a hook, or nobody could be kept from reading it.
      this.#refuseIf(cause === undefined, "What everyone may read is withheld.", id);
      this.#withheld.add(cause!);
      return;
    }
    const told = systemBodyIn(entry);
    this.#refuseIf(!told, "The server says nothing of this form.", id);
    const { body, rule } = told!;
    this.#refuseIf(rule.caused !== (cause !== undefined), "Its cause is none it can have.", id);
    this.#refuseIf(to !== undefined && !rule.addressed, "The server tells this everyone.", id);
    this.#refuseIf((id === 1) !== (body.type === "channel_created"), "It opens the channel.", id);
    const late = this.#closed && !AFTER_CLOSE.includes(body.type);
    this.#refuseIf(late, "The channel was closed.", id);
    const described = body.type === "bot:manifest" && body.bot_id === this.#described;
    const expected = this.#described !== undefined || body.type === "bot:manifest";
    this.#refuseIf(expected && !described, "A manifest follows its bot's announcement.", id);
    this.#described = undefined;
    this.#opening &&= OPENING.includes(body.type);
    this.#apply(body, id, cause);
  }

  #apply(body: SystemBody, id: number, cause: number | undefined): void {
    switch (body.type) {
      case "channel_created":
        this.#refuseIf(body.channel_id !== this.#channelId, "It opens another channel.", id);
        this.#sealed = body.sealed;
        return;
      case "bots_announced":
        this.#refuseIf(id !== 2, "Bots are announced together at the beginning.", id);
        this.#announcedFirst = body.bots;
        return;
      case "bot:attach":
        this.#refuseIf(this.#bots.has(body.bot_id), `${body.bot_id} was announced before.`, id);
        this.#refuseIf(this.#sealed && !this.#opening, "The channel is sealed.", id);
        this.#described = body.bot_id;
        this.#bots.set(body.bot_id, {
          from: id,
          attach: body,
          gone: false,
          detached: false,
          lastCause: 0,
        });
        return;
      case "bot:detach": {
        this.#refuseIf(this.#sealed, "The channel is sealed.", id);
        const bot = this.#bot(body.bot_id, id);
        this.#refuseIf(bot.detached, `${body.bot_id} was taken out before.`, id);
        bot.gone = bot.detached = true;
        return;
      }
      case "member_joined":
        this.#refuseIf(this.#everSeated.has(body.player_id), "Somebody was called so before.", id);
        this.#everSeated.add(body.player_id);
        this.#seated.add(body.player_id);
        return;
      case "member_left":
        this.#refuseIf(!this.#seated.delete(body.player_id), "Nobody sits there.", id);
        return;
      case "member_rejoined":
        this.#refuseIf(!this.#seated.has(body.player_id), "Nobody sits there.", id);
        return;
      case "close_applied":
        this.#closed = true;
        return;
      case "bot:failed": {
        const bot = this.#speaks(body.bot_id, id, cause);
        bot.killedAt = body.reason === "killed" ? cause : undefined;
        return;
      }
      case "bot:paused": {
        const bot = this.#speaks(body.bot_id, id, cause);
        const mayBe = bot.killedAt === cause || this.#withheld.has(cause!);
        this.#refuseIf(!mayBe, "None of its hooks was killed there.", id);
        return;
      }
      case "bot:end":
        this.#speaks(body.bot_id, id, cause).gone = true;
        return;
      case "bot:budget_spent":
        this.#caused(body.bot_id, id, cause);
        this.#refuseIf(this.#spent, "It was told before.", id);
        this.#spent = true;
        return;
      case "bot:timer": {
        const { gone } = this.#caused(body.bot_id, id, cause);
        this.#refuseIf(gone, `${body.bot_id} was gone.`, id);
        return;
      }
      case "bot:evidence":
        this.#caused(body.bot_id, id, cause);
        return;
    }
  }

  #bot(botId: string, id: number): Announced {
    const bot = this.#bots.get(botId);
    if (!bot) throw new Wrong(`${botId} was never announced.`, id);
    return bot;
  }

  /** A bot that an entry after its announcement has caused to do something. */
  #caused(botId: string, id: number, cause = 0): Announced {
    const bot = this.#bot(botId, id);
    this.#refuseIf(cause < bot.from, `Nothing has made ${botId} do this.`, id);
    return bot;
  }

  /** The same of one that is still there and speaks in the order in which it is called. */
  #speaks(botId: string, id: number, cause: number | undefined): Announced {
    const bot = this.#caused(botId, id, cause);
    this.#refuseIf(bot.gone, `${botId} was gone.`, id);
    this.#refuseIf(cause! < bot.lastCause, `${botId} had gone on from there.`, id);
    bot.lastCause = cause!;
    return bot;
  }
}
