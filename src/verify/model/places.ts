/** Who sits where, as the log tells it from entry 1 on: slots, the members in them, and the places
 *  of bots. */
import type { channelCreated } from "../../domain/announcements/opening.ts";
import type { memberJoined, memberLeft } from "../../domain/announcements/members.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { wrongIf } from "./wrong.ts";

type Body<D extends { in(entry: never): unknown }> = NonNullable<ReturnType<D["in"]>>;

interface Slot {
  slot_id: string;
  kind: "bot" | "invite";
  label: string;
  /** Who fills it; a bot only where the log has told that it is this one. */
  filledBy?: string;
  /** Whether an invite to it is about that nobody has used. */
  invited: boolean;
}

interface Stay {
  slot_id: string;
  display_name: string;
  joinedAt: number;
  leftAt: number;
}

export class Places {
  readonly #slots = new Map<string, Slot>();
  /** Everybody who ever sat in the channel. */
  readonly #stays = new Map<string, Stay>();
  /** The bots that are in some free bot slot, the log has not told in which. */
  readonly #unplaced = new Set<string>();
  readonly #placeOf = new Map<string, Slot>();

  constructor({ slots }: Body<typeof channelCreated>, id: number) {
    slots.forEach(({ slot_id, kind, label }, i) => {
      wrongIf(slot_id !== `s${i}`, `Slot ${i} is s${i}.`, id);
      this.#slots.set(slot_id, { slot_id, kind, label, invited: kind === "invite" });
    });
  }

  join({ player_id, slot_id, label, display_name }: Body<typeof memberJoined>, id: number): void {
    wrongIf(player_id !== `p${this.#stays.size + 1}`, "Players are numbered as they come.", id);
    const slot = this.#slotOf(slot_id, id);
    wrongIf(slot.kind !== "invite", `${slot_id} is for a bot.`, id);
    wrongIf(slot.filledBy !== undefined, `${slot.filledBy} sits in ${slot_id}.`, id);
    wrongIf(!slot.invited, `There was no invite to ${slot_id}.`, id);
    wrongIf(label !== slot.label, `${slot_id} has another label.`, id);
    slot.filledBy = player_id;
    slot.invited = false;
    this.#stays.set(player_id, { slot_id, display_name, joinedAt: id, leftAt: Infinity });
  }

  leave({ player_id, slot_id, display_name }: Body<typeof memberLeft>, id: number): void {
    const stay = this.#stayIn(player_id, slot_id, id);
    wrongIf(display_name !== stay.display_name, `${player_id} has another name.`, id);
    stay.leftAt = id;
    delete this.#slots.get(slot_id)!.filledBy;
  }

  rejoin({ player_id, slot_id }: { player_id: string; slot_id: string }, id: number): void {
    this.#stayIn(player_id, slot_id, id);
  }

  /** Whether somebody sits in the channel right after an entry, as far as the log was told. */
  sits(playerId: string, after: number): boolean {
    const { joinedAt = Infinity, leftAt = 0 } = this.#stays.get(playerId) ?? {};
    return joinedAt <= after && after < leftAt;
  }

  everSat(playerId: string): boolean {
    return this.#stays.has(playerId);
  }

  /** Somebody is made an admin, or one no more. */
  administrate(slotId: string, id: number): void {
    const { kind, filledBy } = this.#slotOf(slotId, id);
    wrongIf(kind === "bot" || filledBy === undefined, `Nobody sits in ${slotId}.`, id);
  }

  /** A bot takes a slot that the log names: a free one, or a new one where none is free. */
  place(botId: string, slotId: string, label: string, id: number): void {
    if (this.#free === 0) return this.#add(botId, slotId, label, id);
    const slot = this.#slotOf(slotId, id);
    wrongIf(slot.kind !== "bot" || slot.filledBy !== undefined, `${slotId} is not free.`, id);
    this.#fill(slot, botId);
  }

  /** A bot takes a slot that is not named. Whether it was made for it. */
  placeSomewhere(botId: string, label: string, id: number): boolean {
    if (this.#free === 0) {
      this.#add(botId, `s${this.#slots.size}`, label, id);
      return true;
    }
    this.#unplaced.add(botId);
    this.#settle();
    return false;
  }

  /** A bot takes the place of another one. */
  replace(goneId: string, botId: string): void {
    const slot = this.#placeOf.get(goneId);
    this.remove(goneId);
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

  /** The log tells that a bot is, or was until now, in a slot. */
  isIn(botId: string, slotId: string, id: number): void {
    const slot = this.#slotOf(slotId, id);
    const known = this.#placeOf.get(botId);
    if (known) return wrongIf(known !== slot, `${botId} is in ${known.slot_id}.`, id);
    const may = slot.kind === "bot" && slot.filledBy === undefined && this.#unplaced.has(botId);
    wrongIf(!may, `${botId} can't be in ${slotId}.`, id);
    this.#fill(slot, botId);
    this.#settle();
  }

  /** The bot in a slot, or one that may be in it. */
  botIn(slotId: string, id: number): string | undefined {
    const slot = this.#slotOf(slotId, id);
    if (slot.kind !== "bot") return undefined;
    if (slot.filledBy !== undefined) return slot.filledBy;
    return this.#unplaced.values().next().value;
  }

  /** Whether the log has told which bot is in a slot, if one is. */
  isSure(slotId: string | undefined): boolean {
    const slot = slotId === undefined ? undefined : this.#slots.get(slotId);
    return slot?.kind !== "bot" || slot.filledBy !== undefined || this.#unplaced.size < 2;
  }

  /** A slot is given to whoever is invited, or to a bot: nobody may be in it any more. */
  yield(slotId: string, to: Slot["kind"], id: number): void {
    const slot = this.#slotOf(slotId, id);
    const taken = slot.filledBy !== undefined || slot.kind === "bot" && this.#free === 0;
    wrongIf(taken, `${slotId} was not left.`, id);
    slot.kind = to;
    slot.invited = to === "invite";
    this.#settle();
  }

  kindOf(slotId: string, id: number): Slot["kind"] {
    return this.#slotOf(slotId, id).kind;
  }

  /** How many bot slots have no bot. */
  get #free(): number {
    const slots = [...this.#slots.values()].filter(({ kind }) => kind === "bot");
    return slots.length - this.#placeOf.size - this.#unplaced.size;
  }

  #add(botId: string, slotId: string, label: string, id: number): void {
    const { size } = this.#slots;
    wrongIf(slotId !== `s${size}` || size >= BOT_LIMITS.slots, "There is no such free slot.", id);
    const slot: Slot = { slot_id: slotId, kind: "bot", label, invited: false };
    this.#slots.set(slotId, slot);
    this.#fill(slot, botId);
  }

  #fill(slot: Slot, botId: string): void {
    slot.filledBy = botId;
    this.#placeOf.set(botId, slot);
    this.#unplaced.delete(botId);
  }

  /** Where only one place is left for a bot, it is there. */
  #settle(): void {
    if (this.#unplaced.size !== 1 || this.#free > 0) return;
    const left = [...this.#slots.values()].find((slot) =>
      slot.kind === "bot" && slot.filledBy === undefined
    );
    const [only] = this.#unplaced;
    if (left) this.#fill(left, only!);
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
