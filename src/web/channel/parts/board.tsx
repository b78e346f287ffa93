/** A board as a table that a screen reader can walk. The same on the server, whose JSX is Hono's,
 *  and in the browser, where it is Preact's: nothing here belongs to either. */
import { figureOf } from "../../../domain/board/glyphs.ts";
import { named, type Names } from "../../../domain/board/named.ts";
import { textOf } from "../../../domain/board/text_of.ts";
import {
  type Cell,
  cellName,
  moveOf,
  type Row,
  type RowsView,
  type View,
} from "../../../domain/board/view.ts";
import type { Pressable } from "./clicks.ts";
import { MOVE_FORM, moveValue } from "./seat.tsx";

/** What a board shows to one who plays on it by a script. */
interface Playing {
  /** The player who looks at it; null for a spectator. */
  seat: string | null;
  /** How a cell can be pressed; null for one that cannot. */
  pressables(row: number, column: number): Pressable | null;
}
const WATCHING: Playing = { seat: null, pressables: () => null };

/** `plays`: whether the cells that are moves are the buttons of the form of moves. */
export function boardOfView(
  view: View,
  players: Names,
  plays: boolean,
  { seat, pressables } = WATCHING,
) {
  const { title, note } = view;
  if (!("rows" in view)) {
    if (textOf(view) === "") return <p class="quiet">There is no board yet.</p>;
    return <pre class="board" tabindex={0}>{named(textOf(view), players)}</pre>;
  }
  const words = (text: string) => named(text, players);
  const isFlipped = seat !== null && view.flipped === seat;
  const inOrder = <Item,>(items: Item[]) => isFlipped ? items.toReversed() : items;
  const drawn = { view, plays, words, pressables, inOrder };
  const isTable = view.kind === "table";
  const marks = Object.entries(view.marks ?? {}).map(([id, mark]) => `${mark} ${words(id)}`);
  return (
    <figure class="board" data-kind={view.kind} aria-label="Board" tabindex={0}>
      {title && <figcaption>{words(title)}</figcaption>}
      <table>
        {isTable && view.columns && <thead>{columnsOf(drawn, view.columns)}</thead>}
        <tbody>
          {inOrder(view.rows.map((row, i) => rowOf(drawn, row, i)))}
          {!isTable && view.columns && columnsOf(drawn, view.columns)}
        </tbody>
      </table>
      {marks.length > 0 && <p class="quiet">{marks.join(" · ")}</p>}
      {note && <p class="quiet">{words(note)}</p>}
    </figure>
  );
}

interface Drawn extends Pick<Playing, "pressables"> {
  view: RowsView;
  plays: boolean;
  words: (text: string) => string;
  /** The items in the order of the side from which the board is seen. */
  inOrder<Item>(items: Item[]): Item[];
}

function rowOf(drawn: Drawn, row: Row, index: number) {
  const { view, words, inOrder } = drawn;
  const isLabelled = view.rows.some(({ label }) => label !== undefined);
  const widest = Math.max(...view.rows.map(({ cells }) => cells.length));
  return (
    <tr>
      {isLabelled && <th scope="row">{words(row.label ?? "")}</th>}
      {inOrder(row.cells.map((cell, column) => cellOf(drawn, cell, index, column)))}
      {row.note && <td class="note" colspan={widest - row.cells.length + 1}>{words(row.note)}</td>}
    </tr>
  );
}

function cellOf(drawn: Drawn, cell: Cell, row: number, column: number) {
  const { view, plays, words, pressables } = drawn;
  const square = view.checkered ? (row + column) % 2 === 0 ? "light" : "dark" : undefined;
  const marked = cell.marked ? "" : undefined;
  const text = view.kind === "cards" ? cardText(cell.text, words) : words(cell.text);
  const pressable = pressables(row, column);
  if (pressable) {
    const { isChosen, press } = pressable;
    const isNamed = view.columns !== undefined && view.rows[row]?.label !== undefined;
    const name = isNamed ? cellName(view, row, column) : `row ${row + 1}, column ${column + 1}`;
    const label = `${name}: ${text || "empty"}${cell.marked ? ", pointed out" : ""}`;
    return (
      <td data-marked={marked} data-square={square}>
        <button type="button" aria-label={label} aria-pressed={isChosen} onClick={press}>
          {text}
        </button>
      </td>
    );
  }
  const move = plays ? moveOf(view, row, column) : undefined;
  if (move && "value" in move && view.action !== undefined) {
    const { action } = view;
    const label = `${action} ${move.value}${text === "" ? "" : `, ${text}`}` +
      (cell.marked ? ", pointed out" : "");
    const value = moveValue({ action, value: move.value });
    return (
      <td data-marked={marked} data-square={square}>
        <button type="submit" form={MOVE_FORM} name="move" value={value} aria-label={label}>
          {text}
        </button>
      </td>
    );
  }
  return (
    <td data-marked={marked} data-square={square}>
      {text === "" ? <span class="unseen">empty</span> : text}
      {cell.marked && <span class="unseen">, pointed out</span>}
    </td>
  );
}

function cardText(text: string, words: Drawn["words"]): string {
  const figure = figureOf(text);
  return figure.kind === "card" ? figure.rank + figure.suit : words(text);
}

function columnsOf({ view, words, inOrder }: Drawn, columns: readonly Cell[]) {
  const isLabelled = view.rows.some(({ label }) => label !== undefined);
  return (
    <tr>
      {isLabelled && <td class="corner"></td>}
      {inOrder(columns.map(({ text }) => <th scope="col">{words(text)}</th>))}
    </tr>
  );
}
