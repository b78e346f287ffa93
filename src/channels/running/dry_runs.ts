/** Tries a bot before anybody is invited: in a channel that is never stored, with made-up players
 *  who say what they are told to. The bot's hooks are called as in any channel, by the same rules,
 *  but without a network. */
import type {
  Bot,
  BotDef,
  BotMemory,
  HookName,
  HookOutcome,
  HookTrace,
  ModuleSource,
} from "../../domain/bot/bot.ts";
import { moveReaders } from "../../domain/bot/moves.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { type Change, takeSeat } from "../../domain/channel/membership.ts";
import { openChannel, slotsFrom } from "../../domain/channel/opening.ts";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import {
  memoryAfterEntry,
  memoryAfterHook,
  memoryAfterReading,
} from "../../domain/referee/bot_memory.ts";
import { draftsFrom } from "../../domain/referee/hook_entries.ts";
import { hookJob } from "../../domain/referee/hook_job.ts";
import { afterHook, attachBot, hookFor } from "../../domain/referee/referee.ts";
import { memberBody } from "../../domain/transcript/body.ts";
import {
  append,
  type Draft,
  EMPTY_HEAD,
  type Entry,
  isAnswered,
  saltOf,
} from "../../domain/transcript/transcript.ts";
import { secretHash } from "../../kernel/hash.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Sandbox, WorkContext } from "../../sandbox/sandbox.ts";
import type { BotLibrary, PreparedBot } from "../library/bot_library.ts";
import { memoriesOf } from "../writing/bot_memories.ts";
import { bodyOfWords, type TriedWords } from "./tried_words.ts";

interface DryRunDeps {
  library: BotLibrary;
  sandbox: Sandbox;
  now: () => Date;
  randomBytes: RandomBytes;
}

interface Wanted {
  bot: BotDef;
  /** How many invite slots the channel has. At most `triedPlayers` of them are filled. */
  seats: number;
  words: readonly TriedWords[];
}

/** A hook that ran, with the id of the entry that called it, and what it printed and cost. */
interface TriedHook {
  hook: HookName;
  entry: number;
  outcome: HookOutcome;
  trace?: HookTrace | undefined;
  /** Whether it asked the network, which a try does not have. */
  asked: boolean;
}

export interface DryRun {
  source: string;
  bot: Bot;
  channel: Channel;
  /** The whole log. */
  entries: readonly Entry[];
  /** The last one may have failed. */
  hooks: readonly TriedHook[];
  memory: BotMemory;
  /** Why not everything was said: a hook failed, or the hooks did as much work as a try may. */
  stopped?: "failed" | "spent";
}

const CHANNEL_ID = "chn_try";

export class DryRuns {
  readonly #deps: DryRunDeps;

  constructor(deps: DryRunDeps) {
    this.#deps = deps;
  }

  /** Runs the hooks of a bot. The principal pays for their time, as for the inspection of the
   *  source. Throws what `BotLibrary.prepare` throws, and INVALID_REQUEST for words of a player who
   *  does not sit there. */
  async run(wanted: Wanted, principal: string, signal: AbortSignal): Promise<DryRun> {
    const { library } = this.#deps;
    const prepared = await library.prepare(wanted.bot, principal, signal);
    const modules = await library.modules.of(prepared.bot.imports) ?? [];
    return await library.atWork(principal, signal, async (context) => {
      const tried = new TriedChannel(this.#deps, prepared, modules, wanted.seats, context);
      return await tried.play(wanted.words);
    });
  }
}

/** The work of a hook, as a part of what one may do. */
export function workOf({ language }: Pick<Bot, "language">, { fuel }: HookTrace): number {
  return fuel / (language === "python" ? BOT_LIMITS.pythonFuel : BOT_LIMITS.guestFuel);
}

/** The channel of one try. */
class TriedChannel {
  readonly #deps: DryRunDeps;
  readonly #prepared: PreparedBot;
  readonly #modules: ModuleSource[];
  readonly #context: WorkContext;
  readonly #secret: Uint8Array;
  readonly #invites: string[] = [];
  readonly #entries: Entry[] = [];
  readonly #hooks: TriedHook[] = [];
  #channel: Channel;
  #head = EMPTY_HEAD;
  #memory: BotMemory;
  /** The last entry that the bot has processed. */
  #cursor: number;
  /** In budgets of one hook. */
  #work = 0;

  constructor(
    deps: DryRunDeps,
    prepared: PreparedBot,
    modules: ModuleSource[],
    seats: number,
    context: WorkContext,
  ) {
    this.#deps = deps;
    this.#prepared = prepared;
    this.#modules = modules;
    this.#context = context;
    this.#secret = deps.randomBytes(32);
    const specs = Array.from({ length: seats }, (_, i) => `invite:player ${i + 1}`);
    const slots = slotsFrom(["bot:referee", ...specs], () => {
      this.#invites.push(secretHash(`inv_${this.#invites.length}`));
      return this.#invites.at(-1)!;
    });
    const opened = openChannel({
      channel_id: CHANNEL_ID,
      name: "Try",
      creator: guestPrincipal("host"),
      visibility: "private",
      sealed: false,
      spectators: false,
      created_at: deps.now().toISOString(),
      secret: this.#secret,
    }, slots);
    this.#channel = opened.channel;
    this.#append(opened.drafts);
    this.#cursor = this.#head.size;
    const attached = attachBot(this.#channel, prepared.bot, undefined);
    this.#take(attached);
    const [memory] = memoriesOf(null, attached, [prepared]).values();
    this.#memory = memory!;
  }

  async play(words: readonly TriedWords[]): Promise<DryRun> {
    let stopped = await this.#settle();
    for (const [i, invite] of this.#invites.slice(0, SHARED_WORK.triedPlayers).entries()) {
      if (stopped) break;
      const caller = { principal: guestPrincipal(`player-${i + 1}`), conversation: null };
      this.#take(takeSeat(this.#channel, caller, invite, "", {}, this.#deps.now()));
      stopped = await this.#settle();
    }
    for (const said of words) {
      if (stopped) break;
      this.#append([this.#draftOf(said)]);
      stopped = await this.#settle();
    }
    return {
      source: new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#prepared.source),
      bot: this.#bot,
      channel: this.#channel,
      entries: this.#entries,
      hooks: this.#hooks,
      memory: this.#memory,
      ...stopped && { stopped },
    };
  }

  get #bot(): Bot {
    return this.#channel.bots[0]!;
  }

  #draftOf({ player_id, text }: TriedWords): Draft {
    const seat = this.#channel.seats.find((each) => each.player_id === player_id);
    if (!seat) {
      throw new Refusal(
        "INVALID_REQUEST",
        `Moves to try: no ${player_id} sits there. There are p1 to p${this.#channel.seats.length}.`,
      );
    }
    const body = bodyOfWords(text, this.#bot.manifest);
    const { game, action } = body;
    const to = typeof game === "string" && typeof action === "string"
      ? moveReaders([this.#bot], { game, action }, player_id, undefined)
      : undefined;
    return { sender: player_id, kind: "user", body: memberBody(body), ...to && { to } };
  }

  #take({ channel, drafts }: Change): void {
    this.#channel = channel;
    this.#append(drafts);
  }

  #append(drafts: readonly Draft[]): void {
    const { now } = this.#deps;
    const { entries, head } = append(this.#head, drafts, CHANNEL_ID, this.#secret, now());
    this.#entries.push(...entries);
    this.#head = head;
  }

  /** Runs the hooks that the latest entries call, and those that follow from them. */
  async #settle(): Promise<DryRun["stopped"]> {
    while (this.#cursor < this.#entries.length && !this.#bot.ended) {
      const entry = this.#entries[this.#cursor++]!;
      this.#memory = memoryAfterEntry(this.#memory, this.#bot, entry);
      const call = hookFor(this.#bot, entry);
      if (!call || !isAnswered(entry)) continue;
      if (this.#work >= SHARED_WORK.triedBudgets) return "spent";
      this.#memory = memoryAfterReading(this.#memory, entry, () => saltOf(this.#secret, entry));
      const ran = await this.#run(entry, call);
      const { outcome } = ran;
      this.#hooks.push({ hook: call.hook, entry: entry.id, ...ran });
      this.#memory = memoryAfterHook(this.#memory, outcome);
      const { bot_id } = this.#bot;
      const { channel, drafts } = afterHook(
        this.#channel,
        bot_id,
        outcome,
        entry,
        this.#memory.seed,
      );
      const posts = draftsFrom(bot_id, entry, call.hook, outcome, this.#memory);
      this.#take({ channel, drafts: [...posts, ...drafts] });
      if (outcome.kind !== "done") return "failed";
    }
    return undefined;
  }

  async #run(
    entry: Entry,
    call: NonNullable<ReturnType<typeof hookFor>>,
  ): Promise<Pick<TriedHook, "outcome" | "trace" | "asked">> {
    const told: { trace?: HookTrace; asked: boolean } = { asked: false };
    const source = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#prepared.source);
    const inputs = { source, modules: this.#modules, env: {} };
    const bot = { ...this.#bot, net: [] };
    const outcome = await this.#deps.sandbox.run(hookJob(bot, this.#memory, entry, call, inputs), {
      ...this.#context,
      traced: (trace) => told.trace = trace,
      exchanged: () => told.asked = true,
    });
    this.#work += told.trace ? workOf(bot, told.trace) : 1;
    return { outcome, trace: told.trace, asked: told.asked };
  }
}
