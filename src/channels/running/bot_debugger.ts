/** What the admins of a channel see of its bots beyond what the channel says, and what they do to
 *  find a fault. Members are told of it by entries: see `referee/operations/debug.ts`. */
import type { Bot, BotMemory } from "../../domain/bot/bot.ts";
import type { HookRecord } from "../../domain/bot/hook_record.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { type Access, adminOf } from "../../domain/channel/seat.ts";
import { type DebugOp, refuseSealed } from "../../domain/referee/operations/all.ts";
import { botNamed } from "../../domain/referee/operations/named.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import type { BotLibrary } from "../library/bot_library.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { ChannelService } from "../writing/channel_service.ts";
import type { BotTraces } from "./bot_traces.ts";

interface DebuggerDeps {
  registry: ChannelRegistry;
  store: ChannelStore;
  library: BotLibrary;
  channels: ChannelService;
  traces: BotTraces;
}

/** A bot from the inside. */
export interface OpenedBot {
  channel: Channel;
  bot: Bot;
  memory: BotMemory;
  /** The last entry that it has processed; undefined once it has ended or is gone. */
  cursor: number | undefined;
  hooks: readonly HookRecord[];
}

export class BotDebugger {
  readonly #deps: DebuggerDeps;

  constructor(deps: DebuggerDeps) {
    this.#deps = deps;
  }

  /** Applies `ops` to a bot, tells all members once that the caller reads its log, and returns what
   *  there is to see. Refused to all but admins, and in a sealed channel until the bot has ended. A
   *  referee of this server's own is not changed: players trust it by its name. */
  async open(access: Access, botId: string, ops: readonly DebugOp[]): Promise<OpenedBot> {
    const { registry, library, channels } = this.#deps;
    const { channel } = await registry.load(access.channelId);
    adminOf(channel, access);
    const bot = botNamed(channel, { bot_id: botId });
    if (ops.length > 0 && library.builtin(bot.code_hash) !== undefined) {
      throw new Refusal(
        "BAD_OP",
        `${botId} is a referee of this server, which nobody changes from outside. Attach a copy of ` +
          "its source as inline_code, under another name, to try that.",
      );
    }
    const all = [{ type: "read_log", bot_id: botId } as const, ...ops];
    if (!isOver(channel, bot)) {
      refuseSealed(channel, all[0]!);
      if (ops.length > 0 || !bot.log_readers?.includes(readerOf(channel, access))) {
        await channels.update(access, all);
      }
    } else if (ops.length > 0) {
      throw new Refusal("BAD_OP", `${botId} has ended, or the channel has. Name a bot that runs.`);
    }
    return await this.inside(access.channelId, bot);
  }

  /** The same, and nobody is told: for the author's own bench, where nobody else is. */
  async inside(channelId: string, bot: Bot): Promise<OpenedBot> {
    const { registry, store, traces } = this.#deps;
    const { bot_id } = bot;
    const memory = await store.memory(channelId, bot_id);
    if (!memory) throw new Error(`Cannot open ${bot_id}: its memory is missing`);
    const { channel, head } = await registry.load(channelId);
    const hooks = await traces.of(channelId, bot_id);
    return { channel, bot, memory, cursor: head.cursors[bot_id], hooks };
  }
}

/** Whether what the bot hid is revealed. */
function isOver({ closed }: Channel, { ended }: Bot): boolean {
  return closed || ended;
}

function readerOf(channel: Channel, access: Access): string {
  return adminOf(channel, access).seat?.player_id ?? "host";
}
