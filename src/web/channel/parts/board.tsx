/** A board as a table that a screen reader can walk. The same on the server, whose JSX is Hono's,
 *  and in the browser, where it is Preact's: nothing here belongs to either. */
import { named, type Names } from "../../../domain/board/named.ts";
import { textOf } from "../../../domain/board/text_of.ts";
import type { Cell, Row, RowsView, View } from "../../../domain/board/view.ts";

export function boardOfView(view: View, players: Names) {
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
          {view.rows.map((row, i) => rowOf(view, row, i, words))}
          {view.columns && columnsOf(view, view.columns)}
        </tbody>
      </table>
      {marks.length > 0 && <p class="quiet">{marks.join(" · ")}</p>}
      {note && <p class="quiet">{words(note)}</p>}
    </figure>
  );
}

function rowOf(view: RowsView, row: Row, index: number, words: (text: string) => string) {
  const isLabelled = view.rows.some(({ label }) => label !== undefined);
  return (
    <tr>
      {isLabelled && <th scope="row">{words(row.label ?? "")}</th>}
      {row.cells.map((cell, column) => cellOf(view, cell, index + column, words))}
      {row.note && <td class="quiet">{words(row.note)}</td>}
    </tr>
  );
}

function cellOf(view: RowsView, cell: Cell, place: number, words: (text: string) => string) {
  const square = view.checkered ? place % 2 === 0 ? "light" : "dark" : undefined;
  const text = words(cell.text);
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
