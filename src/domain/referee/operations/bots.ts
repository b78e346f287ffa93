/** Operations on the bots of a channel. */
import * as z from "zod";
import { BotDef } from "../../bot/bot.ts";
import { type Channel, withBot } from "../../channel/channel.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { revealOf } from "../closing.ts";
import { attachBot, detachBot, isPaused } from "../referee.ts";
import { BotId, botNamed, SlotId, slotNamed } from "./named.ts";
import { announced, channelOperation } from "./operation.ts";
import { vacateSlot } from "./vacated.ts";

/** A bot is named by its id, its slot or both. */
const where = { slot_id: SlotId.optional(), bot_id: BotId.optional() };

const SEALED = "This channel is sealed: nobody can add, replace or remove its bots. Create " +
  "another channel instead.";

export const setBot = channelOperation({
  schema: z.object({
    type: z.literal("set_bot"),
    slot_id: SlotId.optional(),
    bot_def: BotDef.meta({ aka: "bot def", gathers: true }),
  }).meta({
    description: "Attaches a bot to a bot slot, in place of the bot that is in it.",
    brief: "replaces the slot's bot",
  }),
  open: "admin",
  sealed: { refused: SEALED },
  apply(channel, op, supplies) {
    const slot = op.slot_id === undefined ? undefined : slotNamed(channel, op.slot_id);
    if (slot?.kind === "invite") {
      throw new Refusal(
        "BAD_OP",
        `Slot ${op.slot_id} is an invite slot. Make it a bot slot first: yield_slot ` +
          'with to: "bot".',
      );
    }
    const newBot = supplies.newBot!;
    const emptied = slot ? vacateSlot(channel, slot, supplies) : { channel, drafts: [] };
    const { channel: next, drafts } = attachBot(emptied.channel, newBot, slot?.slot_id);
    const { name, version, code_hash } = newBot;
    const applied = { type: op.type, slot_id: op.slot_id, bot: { name, version, code_hash } };
    return announced(next, applied, supplies, [...emptied.drafts, ...drafts]);
  },
});

export const removeBot = channelOperation({
  schema: z.object({ type: z.literal("remove_bot"), ...where })
    .describe("Removes a bot and reveals its seed."),
  open: "admin",
  sealed: { refused: SEALED },
  apply(channel, op, supplies) {
    const bot = botNamed(channel, op);
    const { channel: next, drafts } = detachBot(channel, bot, revealOf(bot, supplies));
    return announced(next, op, supplies, drafts);
  },
});

export const pauseBot = channelOperation({
  schema: z.object({ type: z.literal("pause_bot"), ...where })
    .describe("Stops a bot until resume_bot: the server calls none of its hooks."),
  open: "admin",
  sealed: {
    refused: "This channel is sealed: nobody can pause its bots.",
  },
  apply(channel, op, supplies) {
    const bot = botNamed(channel, op);
    if (bot.ended) throw new Refusal("BAD_OP", `${bot.bot_id} has ended. Name a bot that runs.`);
    if (isPaused(bot)) {
      throw new Refusal(
        "BAD_OP",
        `${bot.bot_id} is paused already. Use resume_bot to let it go on.`,
      );
    }
    return announced(withBot(channel, { ...bot, paused: true }), op, supplies);
  },
});

export const resumeBot = channelOperation({
  schema: z.object({ type: z.literal("resume_bot"), ...where })
    .describe("Resumes a paused bot where it stopped."),
  open: "admin",
  // In a sealed channel no admin can hold up a game that others wait for.
  sealed: "player",
  apply(channel, op, supplies) {
    const { paused: _, ...bot } = botNamed(channel, op);
    return announced(withBot(channel, { ...bot, kills: 0 }), op, supplies);
  },
});

/** Refuses every change of a sealed channel's bots. */
export function refuseIfSealed(channel: Channel): void {
  if (channel.sealed) throw new Refusal("CHANNEL_SEALED", SEALED);
}
