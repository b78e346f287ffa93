/** One change may write several consecutive entries: tracks which entry must come next. */
import type { Announced } from "../../domain/announcements/all.ts";
import type { botsAnnounced } from "../../domain/announcements/opening.ts";
import { wrongIf } from "./wrong.ts";

export type AnnouncedFirst = NonNullable<ReturnType<typeof botsAnnounced.in>>["bots"][number];

export type Due =
  | { type: "bot:attach"; first: AnnouncedFirst }
  | { type: "bot:manifest"; bot_id: string }
  /** The operation that removed the bot, or the bot that replaces it. */
  | { type: "detached"; bot_id: string }
  | { type: "set_bot_applied"; bot_id: string }
  | { type: "bot:paused"; bot_id: string }
  /** The bot that takes the place of an ended one for which all its players asked. */
  | { type: "rematch"; of: string }
  /** The operation that removed the member. */
  | { type: "removed"; slot_id: string; player_id: string; by: string | undefined }
  /** The ban of one of these members, or the departure from another of its seats. */
  | { type: "banned"; players: string[]; by: string | undefined };

const EXPLAINS: Record<string, string> = {
  detached: "the operation that removed the bot",
  removed: "the operation that removed the member",
  banned: "the ban of the member",
  rematch: "the rematch for which all players asked",
};
const REMOVES = ["remove_bot_applied", "yield_slot_applied", "bot:attach"];

export class Changes {
  /** What the next entry must be; undefined when it may be anything. */
  #due: Due | undefined;
  /** The channel's first bots that are not announced yet. */
  #first: AnnouncedFirst[] = [];
  /** The bot whose manifest is the entry before. */
  #described: string | undefined;

  /** Takes the next entry, which must be the one due, and returns what was due. `body` is undefined
   *  for an entry that is not the server's, or is withheld. */
  meet(body: Announced | undefined, id: number): Due | undefined {
    const due = this.#due;
    this.#due = undefined;
    if (body?.type !== "set_bot_applied") this.#described = undefined;
    if (!due) {
      wrongIf(
        body?.type === "bot:manifest",
        "A manifest must follow the announcement of its bot.",
        id,
      );
      const isPower = body?.type === "kick_applied" || body?.type === "ban_applied";
      wrongIf(isPower, "The departure of a member must stand directly before.", id);
      return undefined;
    }
    const expected = EXPLAINS[due.type] ?? due.type;
    wrongIf(!body || !fits(due, body), `The entry here must be ${expected}.`, id);
    return due;
  }

  begins(first: readonly AnnouncedFirst[]): void {
    this.#first = [...first];
    this.#next();
  }

  attached(bot_id: string): void {
    this.#due = { type: "bot:manifest", bot_id };
  }

  /** `replaces`: whether the bot replaces another one by an operation; `again`: in a rematch. */
  described(bot_id: string, replaces: boolean, again: boolean): void {
    if (this.#first.length > 0) {
      this.#first.shift();
      return this.#next();
    }
    this.#described = again ? undefined : bot_id;
    if (replaces) this.#due = { type: "set_bot_applied", bot_id };
  }

  detached(bot_id: string): void {
    this.#due = { type: "detached", bot_id };
  }

  memberRemoved(
    { player_id, slot_id, by }: { player_id: string; slot_id: string; by?: string | undefined },
  ): void {
    this.#due = { type: "removed", slot_id, player_id, by };
  }

  /** `due`: what was due here, which a departure from another seat continues. */
  memberBanned(
    { player_id, by }: { player_id: string; by?: string | undefined },
    due: Due | undefined,
  ): void {
    const others = due?.type === "banned" ? due.players : [];
    this.#due = { type: "banned", players: [...others, player_id], by };
  }

  rematch(of: string): void {
    this.#due = { type: "rematch", of };
  }

  mustPause(bot_id: string): void {
    this.#due = { type: "bot:paused", bot_id };
  }

  /** The bot of a `set_bot` operation: the one whose manifest is the entry before. */
  set(id: number): string {
    wrongIf(this.#described === undefined, "No announcement of a bot stands directly before.", id);
    return this.#described!;
  }

  /** Whether some of the channel's first bots are not announced yet. */
  get opening(): boolean {
    return this.#first.length > 0;
  }

  end(last: number): void {
    wrongIf(this.#due !== undefined, "The log ends in the middle of a change.", last);
  }

  #next(): void {
    const [first] = this.#first;
    if (first) this.#due = { type: "bot:attach", first };
    // Entry 2 lists the first bots, so no `set_bot_applied` follows them.
    this.#described = undefined;
  }
}

function fits(due: Due, body: Announced): boolean {
  switch (due.type) {
    case "detached":
      return REMOVES.includes(body.type);
    case "bot:attach":
      return body.type === due.type && sameBot(due.first, body);
    case "rematch":
      return body.type === "bot:attach" && body.rematch_of === due.of;
    case "set_bot_applied":
      return body.type === due.type;
    case "removed":
      return "op" in body && body.type !== "claim_applied" && body.by === due.by &&
        (body.type === "yield_slot_applied" && body.op.slot_id === due.slot_id ||
          body.type === "kick_applied" && body.op.player_id === due.player_id);
    case "banned":
      return "by" in body && body.by === due.by &&
        (body.type === "member_left" && body.reason === "banned" ||
          body.type === "ban_applied" && due.players.includes(body.op.player_id));
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
