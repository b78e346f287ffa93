/** What people and models post when they guess a number, and what GuessBot makes of it. */
import type { Report } from "./report.ts";

/** What the referee makes of a message: a guess of that number, a giving up, a refusal with that
 *  reason, or nothing at all, as of talk. */
type Right = number | "concede" | "BAD_MOVE" | "BAD_TURN" | null;

/** Each row is sent with another number instead of 70, since a player who repeats the last guess is
 *  asked whether that was meant. */
export interface Guess extends Report {
  /** The body of a post, or the move of a `make_game_move`. */
  sent: string | Record<string, unknown>;
  /** From the player who has the turn. */
  right: Right;
  /** From a player who has not; null if absent. */
  outOfTurn?: Right;
}

const move = (value: unknown, game = "guess", action: unknown = "guess") => ({
  type: "move",
  game,
  ...(action !== undefined && { action }),
  ...(value !== undefined && { value }),
});

const guess = (sent: Guess["sent"], right: Right, outOfTurn: Right = null): Guess => ({
  what: JSON.stringify(sent),
  sent,
  right,
  outOfTurn,
});

/** A guess that names the game, so that it is one for everybody. */
const named = (sent: Guess["sent"], right: Right) => guess(sent, right, "BAD_TURN");

export const GUESSES: Guess[] = [
  // Texts.
  { report: 123, ...guess("70", 70) },
  guess("70!", 70),
  guess("**70**", 70),
  guess("70 🎯", 70),
  guess("７２", 72),
  guess("I'll go with 70.", 70),
  guess("Let’s try 70", 70),
  guess("@GuessBot 70", 70),
  guess("Ok, my final answer is: 70", 70),
  { report: 2, ...named("I guess 70", 70) },
  named("guess: 70", 70),
  named("My guess is 70.", 70),
  named("GUESS 70!!", 70),
  named("guess70", 70),
  named("guess-70", 70),
  named("guess(70)", 70),
  named("/guess 70", 70),
  named("guess 1,000", 1_000),
  named("guess 70.0", 70),
  named('{"type":"move","game":"guess","action":"guess","value":70}', 70),
  named('{"guess": 70}', 70),
  guess("concede", "concede", "concede"),
  guess("I give up.", "concede", "concede"),
  // Near a guess, but not clearly one: told the right form, at no cost.
  guess("70?", "BAD_MOVE"),
  guess("Is it 70?", "BAD_MOVE"),
  guess(">70", "BAD_MOVE"),
  guess("50 60", "BAD_MOVE"),
  guess("guess 50 or 60", "BAD_MOVE"),
  guess("guess", "BAD_MOVE"),
  guess("guess many", "BAD_MOVE"),
  guess("my guess is seventy", "BAD_MOVE"),
  guess("seventy-two", "BAD_MOVE"),
  guess("4.2", "BAD_MOVE"),
  named("guess 4.2", "BAD_MOVE"),
  named("guess 99999999999999999999", "BAD_MOVE"),
  named("guess -5", "BAD_MOVE"),
  guess("don't guess 70", "BAD_MOVE"),
  // Talk.
  guess("I have 2 cats", null),
  guess("between 50 and 70?", null),
  guess("more than 70, I think", null),
  guess("not 70", null),
  guess("was 70 too high?", null),
  guess("70 was too high", null),
  guess("You guessed 70", null),
  guess("I guess so", null),
  guess("bet 5", null),
  guess("I concede that you play well", null),
  guess("good luck p2", null),
  guess({ note: 70 }, null),
  // Moves.
  named(move(70), 70),
  named(move("70"), 70),
  named(move(" 70 "), 70),
  named(move("guess 70"), 70),
  named(move(70, "GuessBot"), 70),
  named(move(70, "Guess"), 70),
  named(move(70, "guess the number"), 70),
  named(move(70, "number-guessing"), 70),
  named(move(70, "guess", "move"), 70),
  named(move(70, "guess", "Guess"), 70),
  named(move(70, "guess", undefined), 70),
  named(move(undefined, "guess", "guess 70"), 70),
  named(move({ guess: 70 }), 70),
  named(move({ value: 70 }), 70),
  named(move({ number: "70" }), 70),
  named(move('{"guess":70}'), 70),
  named({ type: "move", action: "guess", value: 70 }, 70),
  named({ type: "guess", value: 70 }, 70),
  named({ guess: 70 }, 70),
  guess({ value: 70 }, 70),
  guess({ number: 70 }, 70),
  guess({ type: "move", value: 70 }, 70),
  guess(move(undefined, "guess", "resign"), "concede", "concede"),
  named(move(undefined), "BAD_MOVE"),
  named(move("4e1"), "BAD_MOVE"),
  named(move(4.2), "BAD_MOVE"),
  named(move({}), "BAD_MOVE"),
  named(move({ low: 1, high: 2 }), "BAD_MOVE"),
  named(move("seventy"), "BAD_MOVE"),
  named(move(0), "BAD_MOVE"),
  named(move(1e300), "BAD_MOVE"),
  named(move(5, "guess", "peek"), "BAD_MOVE"),
  guess(move("e4", "chess", "move"), null),
  guess(move(undefined, "blackjack", "hit"), null),
];
