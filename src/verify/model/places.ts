/** The slots of a channel, and the members and bots in them, as the log shows them entry by
 *  entry. */
import type { applications } from "../../domain/announcements/operations.ts";
import type { channelCreated } from "../../domain/announcements/opening.ts";
import type { memberJoined, memberLeft } from "../../domain/announcements/members.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { wrongIf } from "./wrong.ts";

type Body<D extends { in(entry: never): unknown }> = NonNullable<ReturnType<D["in"]>>;

type Op<D extends { in(entry: never): unknown }> = Body<D> extends { op: infer O } ? O : never;

/** The server takes an invite until it expires, and writes the entry a moment later. */
const LATE_JOIN_MS = 60_000;

interface Slot {
  slot_id: string;
  kind: "bot" | "invite";
  label: string;
  /** The member or bot in it. Absent for a bot slot until the log shows which bot is in it. */
  filledBy?: string;
  /** Whether it has an unused invite. */
  invited: boolean;
  /** When that expires. */
  expires?: string | undefined;
}

interface Stay {
  slot_id: string;
  display_name: string;
  joinedAt: number;
  leftAt: number;
}

export class Places {
  readonly #slots = new Map<string, Slot>();
  /** Every player who ever had a seat. */
  readonly #stays = new Map<string, Stay>();
  /** The bots in some bot slot, where the log has not shown in which. */
  readonly #unplaced = new Set<string>();
  readonly #placeOf = new Map<string, Slot>();
  /** Whether a free seat may be taken without an invite. */
  #isOffering: boolean;

  constructor({ slots, open_seats }: Body<typeof channelCreated>, id: number) {
    this.#isOffering = open_seats ?? false;
    slots.forEach(({ slot_id, kind, label }, i) => {
      wrongIf(slot_id !== `s${i}`, `Slot ${i} must have the id s${i}.`, id);
      this.#slots.set(slot_id, { slot_id, kind, label, invited: kind === "invite" });
    });
  }

  join(
    { player_id, slot_id, label, display_name }: Body<typeof memberJoined>,
    { id, ts }: ExportedEntry,
  ): void {
    wrongIf(
      player_id !== `p${this.#stays.size + 1}`,
      "Player ids must count up in the order of joining.",
      id,
    );
    const slot = this.#slotOf(slot_id, id);
    wrongIf(slot.kind !== "invite", `${slot_id} is a bot slot.`, id);
    wrongIf(slot.filledBy !== undefined, `${slot.filledBy} sits in ${slot_id}.`, id);
    wrongIf(!slot.invited && !this.#isOffering, `${slot_id} has no unused invite.`, id);
    const { expires } = slot;
    const late = expires !== undefined && Date.parse(ts) > Date.parse(expires) + LATE_JOIN_MS;
    wrongIf(late && !this.#isOffering, `The invite of ${slot_id} had expired.`, id);
    wrongIf(label !== slot.label, `The label is not that of ${slot_id}.`, id);
    slot.filledBy = player_id;
    slot.invited = false;
    this.#stays.set(player_id, { slot_id, display_name, joinedAt: id, leftAt: Infinity });
  }

  leave(
    { player_id, slot_id, display_name, reason, by }: Body<typeof memberLeft>,
    id: number,
  ): void {
    const stay = this.#stayIn(player_id, slot_id, id);
    wrongIf(
      display_name !== stay.display_name,
      `The display name is not that of ${player_id}.`,
      id,
    );
    this.knows(by, id);
    const isOwn = by === player_id;
    const mayBe = by === undefined || isOwn === (reason === "left");
    wrongIf(!mayBe, `${by} can't be who let ${player_id} go for this reason.`, id);
    stay.leftAt = id;
    delete this.#slots.get(slot_id)!.filledBy;
  }

  rejoin({ player_id, slot_id }: { player_id: string; slot_id: string }, id: number): void {
    this.#stayIn(player_id, slot_id, id);
  }

  rename(playerId: string, displayName: string, id: number): void {
    const stay = this.#stays.get(playerId);
    wrongIf(!stay || stay.leftAt < Infinity, `${playerId} has no seat.`, id);
    stay!.display_name = displayName;
  }

  /** Takes that free seats are open to whoever knows of the channel, or no longer are. */
  offer(isOffering: boolean): void {
    this.#isOffering = isOffering;
  }

  /** Whether a player has a seat directly after an entry, as far as the log has been read. */
  sits(playerId: string, after: number): boolean {
    const { joinedAt = Infinity, leftAt = 0 } = this.#stays.get(playerId) ?? {};
    return joinedAt <= after && after < leftAt;
  }

  /** The players who have a seat. */
  get seated(): string[] {
    return [...this.#stays].filter(([, { leftAt }]) => leftAt === Infinity).map(([id]) => id);
  }

  /** The number of the player who joins next. */
  get nextPlayer(): number {
    return this.#stays.size + 1;
  }

  everSat(playerId: string): boolean {
    return this.#stays.has(playerId);
  }

  /** Checks who is named as having applied an operation: the host, or a member. */
  knows(actor: string | undefined, id: number): void {
    const isMember = actor === undefined || actor === "host" || this.everSat(actor);
    wrongIf(!isMember, `${actor} was never a member.`, id);
  }

  /** Checks that a member sits in the slot that gains or loses admin rights. */
  administrate(slotId: string, id: number): void {
    const { kind, filledBy } = this.#slotOf(slotId, id);
    wrongIf(kind === "bot" || filledBy === undefined, `No member sits in ${slotId}.`, id);
  }

  /** Puts a bot in the slot that the log names: a free one, or a new one when none is free. */
  place(botId: string, slotId: string, label: string, id: number): void {
    if (this.#free === 0) return this.#add(botId, slotId, label, id);
    const slot = this.#slotOf(slotId, id);
    wrongIf(slot.kind !== "bot" || slot.filledBy !== undefined, `${slotId} is not free.`, id);
    this.#fill(slot, botId);
  }

  /** Puts a bot in a slot that the log does not name. Returns whether the slot is new. */
  placeSomewhere(botId: string, label: string, id: number): boolean {
    if (this.#free === 0) {
      this.#add(botId, `s${this.#slots.size}`, label, id);
      return true;
    }
    this.#unplaced.add(botId);
    this.#settle();
    return false;
  }

  /** Puts a bot in the slot of the one that it replaces. */
  replace(oldId: string, botId: string): void {
    const slot = this.#placeOf.get(oldId);
    this.remove(oldId);
    if (slot) this.#fill(slot, botId);
    else this.#unplaced.add(botId);
    this.#settle();
  }

  remove(botId: string): void {
    const slot = this.#placeOf.get(botId);
    if (slot) delete slot.filledBy;
    this.#placeOf.delete(botId);
    this.#unplaced.delete(botId);
  }

  /** Notes that the log names the slot in which a bot is, or was until this entry. */
  isIn(botId: string, slotId: string, id: number): void {
    const slot = this.#slotOf(slotId, id);
    const known = this.#placeOf.get(botId);
    if (known) return wrongIf(known !== slot, `${botId} is in ${known.slot_id}.`, id);
    const may = slot.kind === "bot" && slot.filledBy === undefined && this.#unplaced.has(botId);
    wrongIf(!may, `${botId} can't be in ${slotId}.`, id);
    this.#fill(slot, botId);
    this.#settle();
  }

  /** The bot in a slot, or a bot that may be in it. */
  botIn(slotId: string, id: number): string | undefined {
    const slot = this.#slotOf(slotId, id);
    if (slot.kind !== "bot") return undefined;
    if (slot.filledBy !== undefined) return slot.filledBy;
    return this.#unplaced.values().next().value;
  }

  /** Whether the log has shown which bot is in a slot, if any. */
  isSure(slotId: string | undefined): boolean {
    const slot = slotId === undefined ? undefined : this.#slots.get(slotId);
    return slot?.kind !== "bot" || slot.filledBy !== undefined || this.#unplaced.size < 2;
  }

  /** Makes an empty slot an invite slot or a bot slot. Throws `Wrong` when it is taken. */
  yield(slotId: string, to: Slot["kind"], id: number): void {
    const slot = this.#slotOf(slotId, id);
    const taken = slot.filledBy !== undefined || slot.kind === "bot" && this.#free === 0;
    wrongIf(taken, `${slotId} is not free.`, id);
    slot.kind = to;
    slot.invited = to === "invite";
    delete slot.expires;
    this.#settle();
  }

  addSlot({ slot_id, kind, label }: Op<typeof applications.add_slot>, id: number): void {
    this.#refuseNew(slot_id, id);
    this.#slots.set(slot_id, { slot_id, kind, label, invited: kind === "invite" });
  }

  /** Gives a free invite slot a new invite. */
  invite({ slot_id, expires }: Op<typeof applications.new_invite>, id: number): void {
    const slot = this.#freeInviteSlot(slot_id, id);
    slot.invited = true;
    slot.expires = expires;
  }

  revoke(slotId: string, id: number): void {
    const slot = this.#freeInviteSlot(slotId, id);
    wrongIf(!slot.invited, `${slotId} has no unused invite.`, id);
    slot.invited = false;
  }

  #freeInviteSlot(slotId: string, id: number): Slot {
    const slot = this.#slotOf(slotId, id);
    wrongIf(slot.kind !== "invite" || slot.filledBy !== undefined, `${slotId} is not free.`, id);
    return slot;
  }

  #refuseNew(slotId: string, id: number): void {
    const { size } = this.#slots;
    wrongIf(
      slotId !== `s${size}` || size >= BOT_LIMITS.slots,
      "No slot is free, and the named one is not the next new slot.",
      id,
    );
  }

  kindOf(slotId: string, id: number): Slot["kind"] {
    return this.#slotOf(slotId, id).kind;
  }

  /** The number of bot slots without a bot. */
  get #free(): number {
    const slots = [...this.#slots.values()].filter(({ kind }) => kind === "bot");
    return slots.length - this.#placeOf.size - this.#unplaced.size;
  }

  #add(botId: string, slotId: string, label: string, id: number): void {
    this.#refuseNew(slotId, id);
    const slot: Slot = { slot_id: slotId, kind: "bot", label, invited: false };
    this.#slots.set(slotId, slot);
    this.#fill(slot, botId);
  }

  #fill(slot: Slot, botId: string): void {
    slot.filledBy = botId;
    this.#placeOf.set(botId, slot);
    this.#unplaced.delete(botId);
  }

  /** Places the one unplaced bot when only one slot is left for it. */
  #settle(): void {
    if (this.#unplaced.size !== 1 || this.#free > 0) return;
    const empty = [...this.#slots.values()].find((slot) =>
      slot.kind === "bot" && slot.filledBy === undefined
    );
    const [only] = this.#unplaced;
    if (empty) this.#fill(empty, only!);
  }

  #slotOf(slotId: string, id: number): Slot {
    const slot = this.#slots.get(slotId);
    wrongIf(!slot, `There is no slot ${slotId}.`, id);
    return slot!;
  }

  #stayIn(playerId: string, slotId: string, id: number): Stay {
    const stay = this.#stays.get(playerId);
    wrongIf(!stay || stay.leftAt < Infinity, `${playerId} has no seat.`, id);
    wrongIf(stay!.slot_id !== slotId, `${playerId} sits in ${stay!.slot_id}.`, id);
    return stay!;
  }
}
