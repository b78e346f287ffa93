/** A board as a bot posts it, in `view` beside the other members of its post: data that pages, apps
 *  and pictures draw alike, and no markup. These are the types of a view that `viewIn` has read:
 *  every text in it is plain, one line where it says so, and within `VIEW_LIMITS`.
 *  `docs/bots.md`, "A board for your game", describes the form in which bots write it. */

export type View = RowsView | LineView | TextView;

interface Common {
  /** One line above the board. */
  title?: string;
  /** Lines below it. */
  note?: string;
  /** Which deal or round it shows: what a player was shown of what is hidden holds within it. */
  round?: string;
  /** The action of the moves in it. */
  action?: string;
  /** What stands for which player: its mark or colour, by player id. */
  marks?: Record<string, string>;
}

/** Rows of cells. In a grid they form columns; cards, dice and other pieces lie beside each other;
 *  a table has words. */
export interface RowsView extends Common {
  kind: "grid" | "cards" | "table";
  rows: Row[];
  /** What stands above the columns of a table, and at the edge of a grid. A column's move is that
   *  of each cell in it without one. */
  columns?: Cell[];
  /** Whether the squares of a grid are light and dark in turn, the first one light. */
  checkered?: true;
  /** The player who looks at the grid from the other side. */
  flipped?: string;
}

export interface Row {
  label?: string;
  cells: Cell[];
  /** One line behind it. */
  note?: string;
}

export interface Cell {
  /** "" for an empty one; `HIDDEN` for what this reader may not see. */
  text: string;
  /** Whether it is pointed out: the last move, or a line that wins. */
  marked?: true;
  move?: CellMove;
}

export type MoveValue = string | number;

/** What a click on a cell sends, as the value of the view's action; or, where a second click has
 *  to follow, the values by the name of the second cell: the label of its column, then of its row.
 *  Where it has several, the player chooses. */
export type CellMove = { value: MoveValue } | { to: Record<string, MoveValue[]> };

/** A line of numbers. */
export interface LineView extends Common {
  kind: "line";
  from: number;
  to: number;
  /** The stretch that is still possible. */
  low?: number;
  high?: number;
  points: { at: number; text: string }[];
}

/** Lines in a font of equal widths. */
interface TextView extends Common {
  kind: "text";
  text: string;
}

/** The cells that stand for something hidden: a card, and a die or any other piece. */
export const HIDDEN_CARD = "??";
export const HIDDEN = "?";

export function isHidden({ text }: Cell): boolean {
  return text === HIDDEN || text === HIDDEN_CARD;
}

/** The name of a cell of a grid, by which a move leads to it. */
export function cellName({ rows, columns = [] }: RowsView, row: number, column: number): string {
  return `${columns[column]?.text ?? ""}${rows[row]?.label ?? ""}`;
}

/** The move of a cell: its own, or that of its column. */
export function moveOf(view: RowsView, row: number, column: number): CellMove | undefined {
  return view.rows[row]?.cells[column]?.move ?? view.columns?.[column]?.move;
}
