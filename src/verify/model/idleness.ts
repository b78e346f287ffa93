/** A channel whose entry 1 states `idle`: the server warns after that time without a life sign of a
 *  member, and closes it at the time that it names there, unless a member does something before. */
import type { channelCreated } from "../../domain/announcements/opening.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { isLifeSign } from "../../domain/referee/idle.ts";
import { wrongIf } from "./wrong.ts";

type Opening = NonNullable<ReturnType<typeof channelCreated.in>>;

export class Idleness {
  readonly #rule: Opening["idle"];
  /** When a member last did something, milliseconds since 1970. */
  #since = 0;
  /** When the server may close the channel, likewise; absent while it has not warned. */
  #closesAt: number | undefined;

  constructor({ idle }: Opening) {
    this.#rule = idle;
  }

  /** Takes every entry, after it was checked. */
  passes(entry: ExportedEntry): void {
    // Only entries that a hook caused are withheld from anybody.
    const { sender, body = {}, cause } = entry;
    if (!isLifeSign({ sender, body, ...(cause !== undefined && { cause }) })) return;
    this.#since = Date.parse(entry.ts);
    this.#closesAt = undefined;
  }

  warns(at: string, { id, ts }: ExportedEntry): void {
    wrongIf(!this.#rule, "Entry 1 does not state when the server closes the channel.", id);
    wrongIf(this.#closesAt !== undefined, "The server had warned before.", id);
    const { warned_after_ms, closed_after_ms } = this.#rule!;
    const now = Date.parse(ts);
    wrongIf(
      now - this.#since < warned_after_ms,
      "The time that entry 1 states for the warning was not over.",
      id,
    );
    this.#closesAt = Date.parse(at);
    wrongIf(
      this.#closesAt - now < closed_after_ms,
      "The warning leaves less time than entry 1 states.",
      id,
    );
  }

  /** Takes the close by the server. */
  closes({ id, ts }: ExportedEntry): void {
    wrongIf(this.#closesAt === undefined, "The server did not warn of the close.", id);
    wrongIf(
      Date.parse(ts) < this.#closesAt!,
      "The server closed the channel before the time that it had named.",
      id,
    );
  }
}
