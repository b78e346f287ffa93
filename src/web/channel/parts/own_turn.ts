/** What the player of a page may do now, by what this player has read. */
import { helpIn } from "../../../domain/channel/turn_help.ts";
import { turnIn } from "../../../domain/board/turn_words.ts";
import type { Json, JsonObject } from "../../../kernel/json.ts";
import type { Referee, Scene } from "./scene_data.ts";

export interface Move {
  action: string;
  value?: Json;
}

export interface OwnTurn {
  /** The referee that waits for the player. */
  bot: string;
  game: string;
  /** The message that gave the turn. */
  answers: number;
  /** The legal moves, as far as the referee names them. */
  moves: Move[];
  /** Whether these may be examples of many more. */
  areExamples: boolean;
  /** The actions that its manifest declares. */
  actions: string[];
}

/** Null while no referee waits for the player. */
export function ownTurn({ board, bots, messages }: Scene, player: string): OwnTurn | null {
  for (const { bot_id, name, ended, manifest } of bots) {
    const kept = board.kept.bots.get(bot_id);
    if (ended || !kept || kept.over || !kept.turn.includes(player)) continue;
    const said = messages.findLast(({ sender, body }) =>
      sender === `bot:${bot_id}` && body !== null &&
      turnIn(body, { next_player: Infinity })?.includes(player)
    );
    if (!said?.body) continue;
    const { legal_moves, ranges } = helpIn(said.body, player);
    const moves = Array.isArray(legal_moves) ? legal_moves.filter(isMove) : [];
    const areExamples = ranges !== undefined || hasFewValues(moves);
    return { bot: bot_id, answers: said.id, moves, areExamples, ...declared(manifest, name) };
  }
  return null;
}

/** Whether an action has no more values than those who name examples give. */
function hasFewValues(moves: readonly Move[]): boolean {
  const values = moves.filter(({ value }) => value !== undefined && value !== null);
  const count = (action: string) => values.filter((move) => move.action === action).length;
  return values.some(({ action }) => count(action) <= 2);
}

function declared(manifest: Referee["manifest"], name: string) {
  const moves = isObject(manifest?.moves) ? manifest.moves : {};
  return {
    game: typeof moves.game === "string" ? moves.game : name,
    actions: isObject(moves.actions) ? Object.keys(moves.actions) : [],
  };
}

function isMove(move: unknown): move is Move & JsonObject {
  return isObject(move) && typeof move.action === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
