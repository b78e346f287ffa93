/** Limits of the boards that bots draw (`domain/board/view.ts`). Characters are code points. */
export const VIEW_LIMITS = {
  /** A view as JSON, in UTF-8. */
  bytes: 8 * 1024,
  rows: 32,
  cellsPerRow: 32,
  cells: 400,
  /** A cell of a grid, or one of the cards, and a cell of a table. */
  cellChars: 12,
  tableCellChars: 60,
  /** What stands beside a row, above a column, or for a player. */
  labelChars: 40,
  rowNoteChars: 120,
  titleChars: 120,
  /** The lines below a board, all together. */
  noteChars: 600,
  noteLines: 6,
  /** A board that is a text, and any board as text. */
  textChars: 2_000,
  textLines: 20,
  /** What a click sends. */
  valueChars: 60,
  /** The second cells that a first one may lead to, and the values of one such pair. */
  destinations: 64,
  choices: 8,
  players: 32,
  marks: 32,
} as const;
