/** The operations of `update_channel`, which admins may apply. Each one is a pure decision that all
 *  members see as an entry. */
import * as z from "zod";
import { type Applied, appliedDraft } from "../announcements/operations.ts";
import { type Bot, BotDef } from "../bot/bot.ts";
import { type Channel, type Slot, withBot, withSeat, withSlot } from "../channel/channel.ts";
import { Text } from "../../kernel/json.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { type Change, channelClosed, giveUpSeat } from "../channel/membership.ts";
import { attachBot, type BotReveal, detachBot, type NewBot } from "./referee.ts";
import { Refusal } from "../../kernel/refusal.ts";

const SlotId = z.string().max(10);

export const ChannelOp = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("set_bot"),
    slot_id: SlotId.optional(),
    bot_def: BotDef,
  }).describe("Attaches a bot to a bot slot and replaces the bot that is in it, if any."),
  z.object({
    type: z.literal("remove_bot"),
    slot_id: SlotId.optional(),
    bot_id: z.string().max(80).optional(),
  }).describe("Removes a bot and reveals its seed."),
  z.object({
    type: z.literal("resume_bot"),
    slot_id: SlotId.optional(),
    bot_id: z.string().max(80).optional(),
  }).describe("Resumes a paused bot where it stopped."),
  z.object({
    type: z.literal("yield_slot"),
    slot_id: SlotId,
    to: z.enum(["bot", "invite"]).default("invite"),
  }).describe(
    'Removes the member or bot of a slot. The slot gets a new invite, or with to: "bot" becomes a ' +
      "bot slot.",
  ),
  z.object({
    type: z.literal("set_admin"),
    slot_id: SlotId,
    admin: z.boolean().default(true),
  }),
  z.object({ type: z.literal("rename"), name: Text.trim().min(1).max(CHANNEL_LIMITS.nameChars) }),
  z.object({ type: z.literal("close") }).describe(
    "Closes the channel for good: no more posts, and the seeds of its bots are revealed.",
  ),
]);
export type ChannelOp = z.infer<typeof ChannelOp>;

/** Inputs of the decisions that are not in the channel; prepared before the decisions are made. */
interface OpSupplies {
  /** The accepted bot of each `set_bot`, by its index in the list of operations. */
  newBots: ReadonlyMap<number, NewBot>;
  /** The committed seed of a bot, hex; undefined when the bot was attached after the seeds were
   *  read. */
  seedOf: (bot: Bot) => string | undefined;
  /** The last entry that a bot has processed; null when the bot has ended or is attached by these
   *  operations. */
  cursorOf: (bot: Bot) => number | null;
  /** The key of the salts of entries for everyone, hex. */
  saltKey: string;
  /** Returns the SHA-256 hex of a fresh invite. */
  inviteHash: () => string;
}

/** Applies operations in order, all or none. */
export function applyOperations(
  channel: Channel,
  ops: readonly ChannelOp[],
  supplies: OpSupplies,
): Change {
  return ops.reduce<Change>((before, op, i) => {
    if (before.channel.closed) throw channelClosed();
    const { channel, drafts } = applyOperation(
      before.channel,
      op,
      supplies,
      supplies.newBots.get(i),
    );
    return { channel, drafts: [...before.drafts, ...drafts] };
  }, { channel, drafts: [] });
}

function applyOperation(
  channel: Channel,
  op: ChannelOp,
  supplies: OpSupplies,
  newBot: NewBot | undefined,
): Change {
  switch (op.type) {
    case "rename":
      return announcedChange({ ...channel, name: op.name }, op);
    case "close": {
      const seeds = channel.bots.map((bot) => ({
        bot_id: bot.bot_id,
        ...revealOf(supplies, bot),
      }));
      const { saltKey: salts } = supplies;
      return announcedChange({ ...channel, closed: true }, { ...op, seeds, salts });
    }
    case "set_admin": {
      const slot = slotNamed(channel, op.slot_id);
      const seat = channel.seats.find((s) => s.slot_id === slot.slot_id);
      if (!seat) {
        throw new Refusal("BAD_OP", `Slot ${op.slot_id} has no member. Invite someone first.`);
      }
      return announcedChange(withSeat(channel, { ...seat, admin: op.admin }), op);
    }
    case "remove_bot":
      return removeBot(channel, op, supplies);
    case "resume_bot":
      return announcedChange(withBot(channel, { ...botNamed(channel, op), kills: 0 }), op);
    case "yield_slot":
      return yieldSlot(channel, op, supplies);
    case "set_bot": {
      refuseIfSealed(channel);
      const slot = op.slot_id === undefined ? undefined : slotNamed(channel, op.slot_id);
      if (slot?.kind === "invite") {
        throw new Refusal(
          "BAD_OP",
          `Slot ${op.slot_id} is an invite slot. Make it a bot slot first: yield_slot ` +
            'with to: "bot".',
        );
      }
      const emptied = slot ? vacateSlot(channel, slot, supplies) : { channel, drafts: [] };
      const { channel: next, drafts } = attachBot(emptied.channel, newBot!, slot?.slot_id);
      const { name, version, code_hash } = newBot!;
      const applied = announcedChange(next, {
        type: op.type,
        slot_id: op.slot_id,
        bot: { name, version, code_hash },
      });
      return { channel: next, drafts: [...emptied.drafts, ...drafts, ...applied.drafts] };
    }
  }
}

function removeBot(
  channel: Channel,
  op: Extract<ChannelOp, { type: "remove_bot" }>,
  supplies: OpSupplies,
): Change {
  refuseIfSealed(channel);
  const bot = botNamed(channel, op);
  const { channel: next, drafts } = detachBot(channel, bot, revealOf(supplies, bot));
  return { channel: next, drafts: [...drafts, ...announcedChange(next, op).drafts] };
}

function yieldSlot(
  channel: Channel,
  op: Extract<ChannelOp, { type: "yield_slot" }>,
  supplies: OpSupplies,
): Change {
  const slot = slotNamed(channel, op.slot_id);
  if (slot.kind === "bot" || op.to === "bot") refuseIfSealed(channel);
  const emptied = vacateSlot(channel, slot, supplies);
  const invite_hash = op.to === "invite" ? supplies.inviteHash() : null;
  const next = withSlot(emptied.channel, { ...slot, kind: op.to, filled_by: null, invite_hash });
  return { channel: next, drafts: [...emptied.drafts, ...announcedChange(next, op).drafts] };
}

function vacateSlot(channel: Channel, slot: Slot, supplies: OpSupplies): Change {
  const bot = channel.bots.find((b) => b.slot_id === slot.slot_id);
  if (bot) return detachBot(channel, bot, revealOf(supplies, bot));
  const seat = channel.seats.find((s) => s.slot_id === slot.slot_id);
  return seat ? giveUpSeat(channel, seat) : { channel, drafts: [] };
}

function announcedChange(channel: Channel, op: Applied): Change {
  return { channel, drafts: [appliedDraft(op)] };
}

function slotNamed(channel: Channel, slotId: string): Slot {
  const slot = channel.slots.find((s) => s.slot_id === slotId);
  if (!slot) {
    throw new Refusal(
      "BAD_OP",
      `This channel has no slot ${slotId}. Call get_channel_info for its slots.`,
    );
  }
  return slot;
}

function botNamed(
  channel: Channel,
  { bot_id, slot_id }: { bot_id?: string | undefined; slot_id?: string | undefined },
): Bot {
  const bot = channel.bots.find((b) => b.bot_id === bot_id || b.slot_id === slot_id);
  if (bot) return bot;
  throw new Refusal(
    "BOT_NOT_FOUND",
    "No bot has this bot_id or slot_id. Call get_channel_info for the bots and slots.",
  );
}

function revealOf(supplies: OpSupplies, bot: Bot): BotReveal {
  const seed = supplies.seedOf(bot);
  if (seed === undefined) {
    throw new Refusal(
      "UNAVAILABLE",
      "The channel's bots changed during this call. Try again.",
      100,
    );
  }
  return { seed, cursor: supplies.cursorOf(bot) };
}

export function refuseIfSealed(channel: Channel): void {
  if (!channel.sealed) return;
  throw new Refusal(
    "CHANNEL_SEALED",
    "This channel is sealed: nobody can add, replace or remove its bots. Create another " +
      "channel instead.",
  );
}
