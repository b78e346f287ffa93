/** Moves of two clicks on a board: the piece, then its square. For pages with script. */
import { cellName, moveOf, type View } from "../../../domain/board/view.ts";
import type { Choice, Clicks, Pressable } from "./clicks.ts";

export const NO_CHOICE: Choice = { among: [] };

/** Whether the board has moves of two clicks. */
export function hasTwoClicks(view: View): boolean {
  return "rows" in view && view.action !== undefined &&
    view.rows.some(({ cells }) => cells.some(({ move }) => move && "to" in move));
}

/** How a cell can be pressed; null if it can't. */
export function pressableOn(
  view: View,
  row: number,
  column: number,
  { choice: { from }, play, choose }: Clicks,
): Pressable | null {
  if (!("rows" in view)) return null;
  const name = cellName(view, row, column);
  if (from && Object.hasOwn(from.to, name)) {
    const values = from.to[name]!;
    return {
      press: () => values.length === 1 ? play(values[0]!) : choose({ from, among: values }),
    };
  }
  const move = moveOf(view, row, column);
  if (!move) return null;
  if ("value" in move) return { press: () => play(move.value) };
  const isChosen = from?.name === name;
  const chosen = isChosen ? undefined : { name, to: move.to };
  return { isChosen, press: () => choose({ from: chosen, among: [] }) };
}

/** The moves of which the player has to choose one, as buttons; null if there are none. */
export function choicePart({ choice: { among }, play }: Clicks) {
  if (among.length === 0) return null;
  return (
    <p class="actions" role="group" aria-label="Which move?">
      {among.map((value) => <button type="button" onClick={() => play(value)}>{value}</button>)}
    </p>
  );
}
