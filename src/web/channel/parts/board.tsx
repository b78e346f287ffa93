/** A board as a table that a screen reader can walk. The same on the server, whose JSX is Hono's,
 *  and in the browser, where it is Preact's: nothing here belongs to either. */
import { named, type Names } from "../../../domain/board/named.ts";
import { textOf } from "../../../domain/board/text_of.ts";
import {
  type Cell,
  moveOf,
  type Row,
  type RowsView,
  type View,
} from "../../../domain/board/view.ts";
import { MOVE_FORM, moveValue } from "./seat.tsx";

/** `plays`: whether the cells that are moves are the buttons of the form of moves. */
export function boardOfView(view: View, players: Names, plays: boolean) {
  const { title, note } = view;
  if (!("rows" in view)) {
    return <pre class="board" tabindex={0}>{named(textOf(view), players)}</pre>;
  }
  const words = (text: string) => named(text, players);
  const marks = Object.entries(view.marks ?? {}).map(([id, mark]) => `${mark} ${words(id)}`);
  return (
    <figure class="board" data-kind={view.kind}>
      {title && <figcaption>{words(title)}</figcaption>}
      <table>
        <tbody>
          {view.rows.map((row, i) => rowOf({ view, plays, words }, row, i))}
          {view.columns && columnsOf(view, view.columns)}
        </tbody>
      </table>
      {marks.length > 0 && <p class="quiet">{marks.join(" · ")}</p>}
      {note && <p class="quiet">{words(note)}</p>}
    </figure>
  );
}

interface Drawn {
  view: RowsView;
  plays: boolean;
  words: (text: string) => string;
}

function rowOf(drawn: Drawn, row: Row, index: number) {
  const { view, words } = drawn;
  const isLabelled = view.rows.some(({ label }) => label !== undefined);
  return (
    <tr>
      {isLabelled && <th scope="row">{words(row.label ?? "")}</th>}
      {row.cells.map((cell, column) => cellOf(drawn, cell, index, column))}
      {row.note && <td class="quiet">{words(row.note)}</td>}
    </tr>
  );
}

function cellOf({ view, plays, words }: Drawn, cell: Cell, row: number, column: number) {
  const square = view.checkered ? (row + column) % 2 === 0 ? "light" : "dark" : undefined;
  const text = words(cell.text);
  const move = plays ? moveOf(view, row, column) : undefined;
  if (move && "value" in move && view.action !== undefined) {
    const { action } = view;
    const label = `${action} ${move.value}${text === "" ? "" : `, ${text}`}`;
    const value = moveValue({ action, value: move.value });
    return (
      <td data-square={square}>
        <button type="submit" form={MOVE_FORM} name="move" value={value} aria-label={label}>
          {text}
        </button>
      </td>
    );
  }
  return (
    <td data-marked={cell.marked ? "" : undefined} data-square={square}>
      {text === "" ? <span class="unseen">empty</span> : text}
      {cell.marked && <span class="unseen">, pointed out</span>}
    </td>
  );
}

function columnsOf(view: RowsView, columns: readonly Cell[]) {
  const isLabelled = view.rows.some(({ label }) => label !== undefined);
  return (
    <tr>
      {isLabelled && <td></td>}
      {columns.map(columnOf)}
    </tr>
  );
}

function columnOf({ text }: Cell) {
  return <th scope="col">{text}</th>;
}
