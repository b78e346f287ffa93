/** What the texts in cells stand for: pieces of chess, playing cards and dice. */
import { HIDDEN, HIDDEN_CARD } from "./view.ts";

/** From the pieces of FEN to their signs: White's are capitals. */
const PIECES: Record<string, string> = {
  K: "♔",
  Q: "♕",
  R: "♖",
  B: "♗",
  N: "♘",
  P: "♙",
  k: "♚",
  q: "♛",
  r: "♜",
  b: "♝",
  n: "♞",
  p: "♟",
};
const LETTERS = new Map(Object.entries(PIECES).map(([letter, sign]) => [sign, letter]));

/** Asks for the plain sign where a font also has a picture in colours. */
const TEXT_SIGN = "\ufe0e";
const PICTURED = new RegExp(
  String.raw`(?![#*0-9©®])[\u2654-\u265f[\p{Emoji}--\p{Emoji_Presentation}]]` +
    String.raw`(?![\ufe0e\ufe0f\u200d\u20e3\p{Emoji_Modifier}])`,
  "gv",
);

/** A text whose signs are drawn as text, as pieces of chess and suits are. */
export function asText(text: string): string {
  return text.replace(PICTURED, `$&${TEXT_SIGN}`);
}

/** The sign of a piece that FEN names by a letter. */
export function pieceSign(letter: string): string | undefined {
  return PIECES[letter];
}

/** The letter of a piece; undefined for any other text. */
export function pieceLetter(text: string): string | undefined {
  return LETTERS.get(plainSign(text));
}

/** A text without the marks that `asText` adds. */
export function plainSign(text: string): string {
  return text.replaceAll(TEXT_SIGN, "");
}

const SUITS: Record<string, string> = { s: "♠", h: "♥", d: "♦", c: "♣" };

/** What a cell of the kind "cards" shows. */
export type Figure =
  | { kind: "card"; rank: string; suit: string }
  | { kind: "die"; pips: number }
  | { kind: "card back" }
  | { kind: "hidden" }
  | { kind: "piece"; text: string };

/** "As", "10h" and "TD" are cards, "1" to "6" dice. */
export function figureOf(text: string): Figure {
  if (text === HIDDEN_CARD) return { kind: "card back" };
  if (text === HIDDEN) return { kind: "hidden" };
  if (/^[1-6]$/.test(text)) return { kind: "die", pips: Number(text) };
  const [, rank, suit] = /^(10|[2-9TJQKA])([shdc♠♥♦♣])$/i.exec(plainSign(text)) ?? [];
  if (rank === undefined) return { kind: "piece", text };
  const sign = SUITS[suit!.toLowerCase()] ?? suit!;
  return {
    kind: "card",
    rank: rank.toUpperCase().replace("T", "10"),
    suit: asText(sign),
  };
}
