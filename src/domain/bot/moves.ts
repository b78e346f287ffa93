/** The moves that a bot's manifest declares (`docs/bots.md`, "Moves"), so that answers can tell an
 *  agent what the referee expects. They bind nobody: the bot alone judges a move. Pure. */
import * as z from "zod";
import { type Json, JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Bot } from "./bot.ts";

/** A name that answers may repeat: too short and plain to give an agent instructions. */
const SafeName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,23}$/, {
  error: "must be 1 to 24 letters, digits, _ or -, and begin with a letter",
});

const Action = z.object({
  value: z.union([z.string().max(80), JsonObject]).optional().describe(
    'A JSON schema of the value, or its form in words, such as "<whole number 1 to 100>".',
  ),
  text: z.string().max(80).optional().describe("A text that makes the same move, as guess 42."),
  private: z.boolean().optional().describe("Whether the bots alone read it, beside its player."),
});

export const Moves = z.object({
  game: SafeName.describe("Its name, for make_game_move."),
  /** Other names of the game that the bot accepts. */
  aliases: z.array(z.string().min(1).max(60)).max(8).default([]),
  actions: z.record(SafeName, Action).refine(
    (actions) => Object.keys(actions).length <= 16,
    "must be at most 16 actions",
  ).describe("What each action takes: value, text and private."),
});
export type Moves = z.output<typeof Moves>;

/** What a manifest says about moves. */
const Declaration = z.object({ moves: Moves, private: z.unknown().optional() })
  .superRefine(({ moves: { actions }, private: listens }, context) => {
    const unheard = Object.keys(actions).find((name) => actions[name]!.private);
    if (unheard === undefined || listens === true) return;
    context.addIssue({
      code: "custom",
      path: ["moves", "actions", unheard, "private"],
      message: "the bot would not hear it without private: true in its manifest, too",
    });
  });

/** The moves of a manifest; null when it declares none, or declares them in another form. */
export function movesOf(manifest: JsonObject): Moves | null {
  return manifest.moves === undefined ? null : Declaration.safeParse(manifest).data?.moves ?? null;
}

/** Why a manifest's moves are ignored; null when they are not. Repeats no text of theirs. */
export function movesIgnored(manifest: JsonObject): string | null {
  if (manifest.moves === undefined) return null;
  const [issue] = Declaration.safeParse(manifest).error?.issues ?? [];
  if (!issue) return null;
  const path = issue.path.map((name) => typeof name === "string" && !quotedName(name) ? "?" : name);
  return `${path.join(".")}: ${issue.message}`;
}

/** What of a manifest's moves means nothing, or misleads, while the rest of them stands; null when
 *  there is no such thing. Repeats no text of theirs but names. */
export function movesDoubted(manifest: JsonObject): string | null {
  const moves = manifest.moves;
  if (!isObject(moves) || movesOf(manifest) === null) return null;
  const stray = strayMember(moves, Moves.shape);
  if (stray === "private") {
    return "moves.private: it is not read there; put private: true into each action that is private";
  }
  if (stray !== undefined) {
    return `moves: it has ${
      quotedName(stray) ?? "another member"
    } beside game, aliases and actions`;
  }
  for (const [name, action] of Object.entries<JsonObject>(Object(moves.actions))) {
    const other = strayMember(action, Action.shape);
    if (other !== undefined) {
      return `moves.actions.${name}: it has ${
        quotedName(other) ?? "another member"
      } beside value, ` +
        "text and private";
    }
    const { value, text, private: hidden } = action;
    if (text !== undefined && toldText(name, action) === undefined) {
      const why = hidden === true
        ? "everybody would read the text of a private move; leave it out"
        : "agents are told no such text; take the name of the action, and a number or a word if " +
          "it has one";
      return `moves.actions.${name}.text: ${why}`;
    }
    if (typeof value === "string" ? BOOLEAN.test(value) : isListOrBoolean(value)) {
      return `moves.actions.${name}.value: make_game_move takes a number, a text or an object, but ` +
        "no list, true or false";
    }
    if (typeof value === "string" && !WORDED.test(value)) {
      return `moves.actions.${name}.value: agents are told no such form; take one such as <text>, ` +
        "<word> or <whole number 1 to 9>, or a JSON schema";
    }
  }
  return null;
}

function strayMember(value: JsonObject, shape: Record<string, unknown>): string | undefined {
  return Object.keys(value).find((name) => !Object.hasOwn(shape, name));
}

function isListOrBoolean(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  const { type, enum: choices = [] } = schema;
  return type === "array" || type === "boolean" || Array.isArray(choices) &&
      choices.some((each) => typeof each === "boolean" || Array.isArray(each));
}

/** Whether a referee asks that its bots alone read such a move. The name of a game that none of
 *  them plays counts for all of them: it is likelier misspelt than meant for everybody. */
export function asksPrivately(referees: readonly Moves[], game: string, action: string): boolean {
  const playing = referees.filter((each) => playsGame(each, game));
  return (playing.length > 0 ? playing : referees).some(({ actions }) =>
    Object.entries(actions).some(([name, each]) => each.private && plain(name) === plain(action))
  );
}

/** The players who may read a move; undefined for everyone. Where a referee asks for it, these are
 *  those in `to`, or its player alone. Throws INVALID_REQUEST for a `to` that no referee asks for:
 *  the move would not count, and nobody could take it back. */
export function moveReaders(
  bots: readonly Pick<Bot, "ended" | "manifest">[],
  { game, action }: { game: string; action: string },
  player: string,
  to: string[] | undefined,
): string[] | undefined {
  const referees = bots.flatMap(({ ended, manifest }) => ended ? [] : movesOf(manifest) ?? []);
  if (asksPrivately(referees, game, action)) return to ?? [player];
  if (to === undefined) return undefined;
  const hidden = referees.flatMap(({ actions }) =>
    Object.keys(actions).filter((name) => actions[name]!.private).map((name) => `"${name}"`)
  );
  const others = hidden.length > 0 ? ` Only ${hidden.join(" and ")} is private here.` : "";
  throw new Refusal(
    "INVALID_REQUEST",
    `to: no referee here asks for a private ${quotedName(action) ?? "move of that name"}, so ` +
      `everyone has to see it, and nothing was posted.${others} Omit to. To whisper to players, ` +
      "call post_message with to.",
  );
}

/** Whether a name means the game of these moves. Ignores case, spaces and punctuation. */
export function playsGame({ game, aliases }: Moves, name: string): boolean {
  return [game, ...aliases].some((each) => plain(each) === plain(name));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** A name in quotes if an answer may repeat it; null otherwise. */
export function quotedName(name: string): string | null {
  return SafeName.safeParse(name).success ? `"${name}"` : null;
}

/** The moves in one line, for an agent. Contains no free text of the bot's author. */
export function movesText({ game, actions }: Moves): string {
  const forms = Object.entries(actions).map(([action, { value, text, private: hidden }]) => {
    const shown = value === undefined ? "" : ` with value ${valueText(value)}`;
    const words = toldText(action, { text, private: hidden });
    const said = words === undefined ? "" : ` (or the text "${words}")`;
    return `action "${action}"${shown}${said}${hidden ? " (which only the referee reads)" : ""}`;
  });
  return [`game "${game}"`, ...forms].join(", ");
}

/** Forms of values in words that answers repeat. */
const WORDED = new RegExp(
  "^<(?:whole number|number|text|word|letter|card|square|player id|id|true or false|object)" +
    "(?: -?\\d{1,15}(?: to -?\\d{1,15})?)?>$",
);

/** Of these, only the members of an object have one. */
const BOOLEAN = /^<true or false\b/;

function valueText(value: string | JsonObject): string {
  if (typeof value === "string") return WORDED.test(value) ? value : "<see its manifest>";
  return schemaText(value, 1);
}

function schemaText(schema: JsonObject, depth: number): string {
  const { type, minimum, maximum, properties } = schema;
  const choices = schema.enum;
  if (Array.isArray(choices) && choices.length <= 12) {
    const shown = choices.map((each) =>
      typeof each === "string" ? quotedName(each) : typeof each === "number" ? `${each}` : null
    );
    if (!shown.includes(null)) return shown.join(" or ");
  }
  if (type === "integer" || type === "number") {
    const name = type === "integer" ? "whole number" : "number";
    if (typeof minimum === "number" && typeof maximum === "number") {
      return `<${name} ${minimum} to ${maximum}>`;
    }
    return `<${name}${typeof minimum === "number" ? ` from ${minimum}` : ""}>`;
  }
  if (type === "string") return "<text>";
  if (type === "boolean") return "<true or false>";
  if (type === "object" && isObject(properties) && depth > 0) {
    const members = Object.entries(properties);
    const isShown = members.length <= 8 && members.every(([name]) => quotedName(name));
    if (isShown) {
      const shown = members.map(([name, each]) =>
        `${name}: ${schemaText(isObject(each) ? each : {}, depth - 1)}`
      );
      return `{ ${shown.join(", ")} }`;
    }
  }
  return type === "object" ? "<object>" : type === "array" ? "<list>" : "<see its manifest>";
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text that agents are told for an action, if it has one: everybody would read that of a
 *  private move. It is the name of the action, with at most a number or a word behind it: no more
 *  of an order than the name itself can be. */
export function toldText(
  action: string,
  { text, private: hidden }: { text?: Json | undefined; private?: Json | undefined },
): string | undefined {
  if (typeof text !== "string" || hidden === true) return undefined;
  const said = text.toLowerCase();
  const name = action.toLowerCase();
  const isSafe = [name, name.replaceAll("_", " ")].some((each) =>
    said === each || said.startsWith(`${each} `) && ONE_WORD.test(said.slice(each.length + 1))
  );
  return isSafe ? text : undefined;
}

const ONE_WORD = /^-?[a-z\d][\w-]{0,23}$/;
