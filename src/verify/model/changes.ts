/** Entries that one change writes come together: what must come next, right after an entry. */
import type { Announced } from "../../domain/announcements/all.ts";
import type { botsAnnounced } from "../../domain/announcements/opening.ts";
import { wrongIf } from "./wrong.ts";

export type AnnouncedFirst = NonNullable<ReturnType<typeof botsAnnounced.in>>["bots"][number];

type Due =
  | { type: "bot:attach"; first: AnnouncedFirst }
  | { type: "bot:manifest"; bot_id: string }
  /** Of a bot that was taken out: what took it out. */
  | { type: "detached"; bot_id: string }
  | { type: "set_bot_applied"; bot_id: string }
  | { type: "bot:paused"; bot_id: string };

const TAKES_OUT = ["remove_bot_applied", "yield_slot_applied", "bot:attach"];

export class Changes {
  /** What an entry must be right now; undefined where it may be anything. */
  #due: Due | undefined;
  /** Bots that the channel begins with, and that are not announced yet. */
  #first: AnnouncedFirst[] = [];
  /** The bot that the entry before has described. */
  #described: string | undefined;

  /** What is due, to an entry that comes: it must be that. `body` is undefined for what the server
   *  does not say. */
  meet(body: Announced | undefined, id: number): Due | undefined {
    const due = this.#due;
    this.#due = undefined;
    if (body?.type !== "set_bot_applied") this.#described = undefined;
    if (!due) {
      wrongIf(body?.type === "bot:manifest", "A manifest follows its bot's announcement.", id);
      return undefined;
    }
    const text = `${due.type === "detached" ? "What takes a bot out" : due.type} comes next.`;
    wrongIf(!body || !fits(due, body), text, id);
    return due;
  }

  begins(first: readonly AnnouncedFirst[]): void {
    this.#first = [...first];
    this.#next();
  }

  attached(bot_id: string): void {
    this.#due = { type: "bot:manifest", bot_id };
  }

  /** `replaces`: whether it came in the place of another bot. */
  described(bot_id: string, replaces: boolean): void {
    if (this.#first.length > 0) {
      this.#first.shift();
      return this.#next();
    }
    this.#described = bot_id;
    if (replaces) this.#due = { type: "set_bot_applied", bot_id };
  }

  detached(bot_id: string): void {
    this.#due = { type: "detached", bot_id };
  }

  mustPause(bot_id: string): void {
    this.#due = { type: "bot:paused", bot_id };
  }

  /** The bot that an operation has set: the entry before describes it. */
  set(id: number): string {
    wrongIf(this.#described === undefined, "No bot was set.", id);
    return this.#described!;
  }

  /** Whether the bots that the channel begins with are still being announced. */
  get opening(): boolean {
    return this.#first.length > 0;
  }

  end(last: number): void {
    wrongIf(this.#due !== undefined, "The log ends in the middle of a change.", last);
  }

  #next(): void {
    const [first] = this.#first;
    if (first) this.#due = { type: "bot:attach", first };
    // Which these are, entry 2 has told.
    this.#described = undefined;
  }
}

function fits(due: Due, body: Announced): boolean {
  switch (due.type) {
    case "detached":
      return TAKES_OUT.includes(body.type);
    case "bot:attach":
      return body.type === due.type && sameBot(due.first, body);
    case "set_bot_applied":
      return body.type === due.type;
    default:
      return body.type === due.type && body.bot_id === due.bot_id;
  }
}

function sameBot(
  first: AnnouncedFirst,
  { bot_id, name, version, code_hash }: Pick<
    AnnouncedFirst,
    "bot_id" | "name" | "version" | "code_hash"
  >,
): boolean {
  return first.bot_id === bot_id && first.name === name && first.version === version &&
    first.code_hash === code_hash;
}
