/** The deletion of a channel: it is announced once, after the close, and everybody agrees once. */
import { wrongIf } from "./wrong.ts";

export class Deletion {
  #isAnnounced = false;
  readonly #agreed = new Set<string>();

  announce(at: string, isClosed: boolean, { id, ts }: { id: number; ts: string }): void {
    wrongIf(!isClosed, "The channel was not closed.", id);
    wrongIf(this.#isAnnounced, "The deletion had been announced before.", id);
    wrongIf(Date.parse(at) <= Date.parse(ts), "The time of the deletion is past.", id);
    this.#isAnnounced = true;
  }

  agree(who: string, sits: boolean, id: number): void {
    wrongIf(!this.#isAnnounced, "No deletion was announced.", id);
    wrongIf(!sits, `${who} had no seat.`, id);
    wrongIf(this.#agreed.has(who), `${who} had agreed before.`, id);
    this.#agreed.add(who);
  }

  /** Takes the news that another principal holds a player's seat. */
  changesHands(playerId: string): void {
    this.#agreed.delete(playerId);
  }
}
