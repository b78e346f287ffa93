/** Who may watch a channel, and whether the entries say that they may speak. */
import type { Announced } from "../../domain/announcements/all.ts";
import { SpectatorWords } from "../../domain/channel/spectators.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { wrongIf } from "./wrong.ts";

type Of<T extends Announced["type"]> = Extract<Announced, { type: T }>;

export class Watchers {
  readonly #sealed: boolean;
  #who: "off" | "link" | "public";
  #visibility: Of<"channel_created">["visibility"];
  #speak: boolean;

  constructor({ sealed, spectators, spectating, visibility }: Of<"channel_created">) {
    this.#sealed = sealed;
    this.#who = spectators ? spectating?.by ?? "public" : "off";
    this.#visibility = visibility;
    this.#speak = spectating?.speak === true;
  }

  showTo(visibility: Of<"channel_created">["visibility"]): void {
    this.#visibility = visibility;
  }

  admit({ who, speak }: Of<"set_spectators_applied">["op"], id: number): void {
    const speaks = speak === true;
    wrongIf(
      this.#sealed && speaks && !this.#speak,
      "The channel is sealed, and entry 1 does not say that spectators may speak.",
      id,
    );
    this.#who = who;
    this.#speak = speaks;
  }

  /** Takes what a spectator says. */
  say({ id, kind, cause, to, body }: ExportedEntry): void {
    const isOpen = this.#who === "link" || this.#who === "public" && this.#visibility !== "private";
    wrongIf(!isOpen || !this.#speak, "No entry says that spectators may speak.", id);
    const isWords = kind === "user" && cause === undefined && !to &&
      SpectatorWords.safeParse(body).success;
    wrongIf(!isWords, "A spectator can't write an entry of this form.", id);
  }
}
