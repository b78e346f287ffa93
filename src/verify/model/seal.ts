/** A sealed channel whose entry 1 states `quiet_ms`: nobody puts its players out, and it closes
 *  once its bots have ended, when every seated player asks, or when nobody said anything for that
 *  time. */
import type { channelCreated } from "../../domain/announcements/opening.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { wrongIf } from "./wrong.ts";

export class Seal {
  readonly #sealed: boolean;
  /** Absent where nothing of this was promised. */
  readonly #quietMs: number | undefined;
  /** When somebody last said something, milliseconds since 1970. */
  #said: number;
  readonly #asked = new Set<string>();

  constructor(opening: NonNullable<ReturnType<typeof channelCreated.in>>, { ts }: ExportedEntry) {
    wrongIf(
      opening.match !== undefined && !opening.sealed,
      "The server opened the channel for players whom it paired, but it is not sealed.",
      1,
    );
    this.#sealed = opening.sealed;
    this.#quietMs = opening.sealed ? opening.quiet_ms : undefined;
    this.#said = Date.parse(ts);
  }

  /** Takes an entry of a member or a bot, or the join of a player. */
  says(speaker: string, { ts }: ExportedEntry): void {
    this.#said = Date.parse(ts);
    this.#asked.delete(speaker);
  }

  asks(playerId: string, sits: boolean, id: number): void {
    wrongIf(!this.#sealed, "Only players of a sealed channel ask to close it.", id);
    wrongIf(!sits, `${playerId} had no seat.`, id);
    wrongIf(this.#asked.has(playerId), `${playerId} had asked before.`, id);
    this.#asked.add(playerId);
  }

  keepsSlots(id: number): void {
    wrongIf(this.#sealed, "The channel is sealed, so its slots can't change.", id);
  }

  /** Takes a change of who knows of the channel or watches. */
  admits(haveEnded: boolean, id: number): void {
    wrongIf(
      this.#sealed && !haveEnded,
      "The channel is sealed, and its bots had not ended.",
      id,
    );
  }

  /** Takes the news that another principal holds a player's seat. */
  changesHands(playerId: string): void {
    this.#asked.delete(playerId);
  }

  leaves(playerId: string, reason: string | undefined, id: number): void {
    const isPutOut = this.#quietMs !== undefined && reason !== "left";
    wrongIf(isPutOut, "The channel is sealed, so nobody can put a player out.", id);
    this.#asked.delete(playerId);
  }

  closes(seated: readonly string[], haveEnded: boolean, { id, ts }: ExportedEntry): void {
    if (this.#quietMs === undefined || haveEnded) return;
    const all = seated.every((player) => this.#asked.has(player));
    const isQuiet = Date.parse(ts) - this.#said >= this.#quietMs;
    wrongIf(
      !all && !isQuiet,
      "The channel is sealed, its bots had not ended, and not every player asked to close it.",
      id,
    );
  }
}
