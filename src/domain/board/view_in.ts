/** Reads the board in a bot's post. A view that breaks a rule is none: the reason names the member
 *  and the rule. Pure, and without a schema library, because pages run it, too. */
import { cleanLine, cleanName } from "../../kernel/clean_name.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { VIEW_LIMITS as MOST } from "../limits/view.ts";
import { asText } from "./glyphs.ts";
import { type Cell, type CellMove, cellName, type MoveValue } from "./view.ts";
import type { LineView, Row, RowsView, View } from "./view.ts";

class Wrong extends Error {}

/** The view of a post, or why it is none; null for a post without one. What is no object was not
 *  meant as a board. */
export function viewIn({ view }: JsonObject): { view: View } | { wrong: string } | null {
  if (!isObject(view)) return null;
  try {
    const { length } = new TextEncoder().encode(JSON.stringify(view));
    if (length > MOST.bytes) wrong("view", `has ${length} bytes, but may have ${MOST.bytes}`);
    return { view: readView(view) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    throw error;
  }
}

const COMMON = ["kind", "title", "note", "round", "action", "marks"];
const OF_ROWS = [...COMMON, "rows", "columns"];
const OF_LINE = [...COMMON, "from", "to", "low", "high", "points"];

function readView(value: JsonObject): View {
  const { kind } = value;
  if (kind === "grid" || kind === "cards" || kind === "table") {
    const names = kind === "grid" ? [...OF_ROWS, "checkered", "flipped"] : OF_ROWS;
    return readRows(members(value, "view", names), kind);
  }
  if (kind === "line") return readLine(members(value, "view", OF_LINE));
  if (kind === "text") {
    const view = members(value, "view", [...COMMON, "text"]);
    const text = lines(view.text, "view.text", MOST.textChars, MOST.textLines, cleanLine);
    return { kind, ...common(view), text };
  }
  return wrong("view.kind", 'must be "grid", "cards", "table", "line" or "text"');
}

function common({ title, note, round, action, marks }: JsonObject) {
  return {
    ...title !== undefined && { title: line(title, "view.title", MOST.titleChars) },
    ...note !== undefined &&
      { note: lines(note, "view.note", MOST.noteChars, MOST.noteLines, cleanName) },
    ...round !== undefined && { round: line(round, "view.round", MOST.labelChars) },
    ...action !== undefined && { action: actionIn(action) },
    ...marks !== undefined && { marks: marksIn(marks) },
  };
}

function actionIn(action: Json): string {
  if (typeof action === "string" && /^[a-z][\w-]{0,23}$/i.test(action)) return action;
  return wrong("view.action", "must be the name of an action of the manifest's moves");
}

function marksIn(marks: Json): Record<string, string> {
  const entries = Object.entries(object(marks, "view.marks"));
  if (entries.length > MOST.players) wrong("view.marks", `may have ${MOST.players} members`);
  return Object.fromEntries(entries.map(([player, mark]) => {
    const path = `view.marks.${cut(player)}`;
    return [playerIn(player, path), line(mark, path, MOST.labelChars)];
  }));
}

// Rows
// -------------------------------------------------------------------------------------------------

function readRows(given: JsonObject, kind: RowsView["kind"]): RowsView {
  const chars = kind === "table" ? MOST.tableCellChars : MOST.cellChars;
  const rows = list(given.rows, "view.rows", MOST.rows)
    .map((row, i) => rowIn(row, `view.rows[${i}]`, chars));
  const { columns, checkered, flipped } = given;
  const view: RowsView = {
    kind,
    ...common(given),
    rows,
    ...columns !== undefined && {
      columns: list(columns, "view.columns", MOST.cellsPerRow)
        .map((each, i) => cellIn(each, `view.columns[${i}]`, MOST.labelChars)),
    },
    ...checkered === true && { checkered },
    ...flipped !== undefined && { flipped: playerIn(flipped, "view.flipped") },
  };
  if (checkered !== undefined && typeof checkered !== "boolean") {
    wrong("view.checkered", "must be true or false");
  }
  if (rows.reduce((sum, { cells }) => sum + cells.length, 0) > MOST.cells) {
    wrong("view.rows", `may have ${MOST.cells} cells in all`);
  }
  if (kind === "grid") checkGrid(view);
  checkMoves(view);
  return view;
}

function checkGrid({ rows, columns }: RowsView): void {
  const width = rows[0]?.cells.length ?? 0;
  if (width === 0) wrong("view.rows", "must have a cell");
  const uneven = rows.findIndex(({ cells }) => cells.length !== width);
  if (uneven >= 0) wrong(`view.rows[${uneven}]`, `must have ${width} cells, as the first row has`);
  if (columns && columns.length !== width) {
    wrong("view.columns", `must have ${width} labels, as the rows have cells`);
  }
}

function checkMoves(view: RowsView): void {
  const { rows, columns = [], action } = view;
  const moving = [...rows.flatMap(({ cells }) => cells), ...columns]
    .flatMap(({ move }) => move ?? []);
  if (moving.length === 0) return;
  if (action === undefined) {
    wrong("view.action", "is missing: name the action of the moves in its cells");
  }
  const names = new Set(
    rows.flatMap(({ cells }, row) => cells.map((_, column) => cellName(view, row, column))),
  );
  const unknown = moving.flatMap((move) => "to" in move ? Object.keys(move.to) : [])
    .find((name) => !names.has(name));
  if (unknown !== undefined) {
    wrong(`A move leads to ${JSON.stringify(cut(unknown))}, which`, "is no cell of the view");
  }
}

function rowIn(value: Json, path: string, chars: number): Row {
  const row = Array.isArray(value) ? { cells: value } : value;
  const { label, cells, note } = members(row, path, ["label", "cells", "note"]);
  return {
    ...label !== undefined && { label: line(label, `${path}.label`, MOST.labelChars) },
    cells: list(cells, `${path}.cells`, MOST.cellsPerRow)
      .map((cell, i) => cellIn(cell, `${path}.cells[${i}]`, chars)),
    ...note !== undefined && { note: line(note, `${path}.note`, MOST.rowNoteChars) },
  };
}

function cellIn(value: Json, path: string, chars: number): Cell {
  if (!isObject(value)) return { text: line(value, path, chars) };
  const { text = "", marked, move } = members(value, path, ["text", "marked", "move"]);
  if (marked !== undefined && typeof marked !== "boolean") {
    wrong(`${path}.marked`, "must be true or false");
  }
  return {
    text: line(text, `${path}.text`, chars),
    ...marked === true && { marked },
    ...move !== undefined && { move: moveIn(move, `${path}.move`) },
  };
}

function moveIn(move: Json, path: string): CellMove {
  if (!isObject(move)) return { value: valueIn(move, path) };
  const entries = Object.entries(move);
  if (entries.length === 0 || entries.length > MOST.destinations) {
    wrong(path, `must lead to 1 to ${MOST.destinations} cells`);
  }
  const to = entries.map(([name, values]): [string, MoveValue[]] => {
    const at = `${path}[${JSON.stringify(cut(name))}]`;
    const each = Array.isArray(values) ? list(values, at, MOST.choices) : [values];
    return [name, each.map((value) => valueIn(value, at))];
  });
  return { to: Object.fromEntries(to) };
}

function valueIn(value: Json, path: string): MoveValue {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && [...value].length <= MOST.valueChars) return value;
  return wrong(path, `must be a number, or a text of at most ${MOST.valueChars} characters`);
}

// A line of numbers
// -------------------------------------------------------------------------------------------------

function readLine(given: JsonObject): LineView {
  const at = (name: string, value: Json | undefined) => number(value, `view.${name}`);
  const [from, to] = [at("from", given.from), at("to", given.to)];
  if (from > to) wrong("view.from", "must not be above view.to");
  const low = given.low === undefined ? undefined : at("low", given.low);
  const high = given.high === undefined ? undefined : at("high", given.high);
  const points = list(given.points ?? [], "view.points", MOST.marks).map((each, i) => {
    const path = `view.points[${i}]`;
    const point = members(each, path, ["at", "text"]);
    return {
      at: number(point.at, `${path}.at`),
      text: line(point.text ?? "", `${path}.text`, MOST.labelChars),
    };
  });
  return {
    kind: "line",
    ...common(given),
    from,
    to,
    ...low !== undefined && { low },
    ...high !== undefined && { high },
    points,
  };
}

// Parts
// -------------------------------------------------------------------------------------------------

function wrong(path: string, rule: string): never {
  throw new Wrong(`${path} ${rule}`);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: Json | undefined, path: string): JsonObject {
  return isObject(value) ? value : wrong(path, "must be an object");
}

/** An object with no other members than these; null stands for a member that is absent. */
function members(value: Json | undefined, path: string, names: readonly string[]): JsonObject {
  const entries = Object.entries(object(value, path));
  const [other] = entries.find(([name]) => !names.includes(name)) ?? [];
  if (other !== undefined) {
    wrong(path, `has no member ${JSON.stringify(cut(other))}: it may have ${names.join(", ")}`);
  }
  return Object.fromEntries(entries.filter(([, each]) => each !== null));
}

function list(value: Json | undefined, path: string, most: number): Json[] {
  if (!Array.isArray(value)) return wrong(path, "must be a list");
  return value.length <= most ? value : wrong(path, `may have ${most} items`);
}

function number(value: Json | undefined, path: string): number {
  const isExact = typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return isExact ? value : wrong(path, "must be a number");
}

function playerIn(value: Json, path: string): string {
  if (typeof value === "string" && /^p[1-9]\d{0,14}$/.test(value)) return value;
  return wrong(path, 'must be the id of a player, such as "p1"');
}

/** A text on one line, without what cannot be seen; a number is one, too. */
function line(value: Json | undefined, path: string, most: number): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return wrong(path, "must be a text");
  if ([...value].length > most) wrong(path, `may have ${most} characters`);
  return asText(cleanName(value));
}

function lines(
  value: Json | undefined,
  path: string,
  chars: number,
  most: number,
  clean: (text: string) => string,
): string {
  if (typeof value !== "string") return wrong(path, "must be a text");
  if ([...value].length > chars) wrong(path, `may have ${chars} characters`);
  const all = value.split(/\r\n|[\n\r\u2028\u2029]/);
  if (all.length > most) wrong(path, `may have ${most} lines`);
  return all.map((each) => asText(clean(each).trimEnd())).join("\n");
}

/** What an author wrote, short enough to be quoted. */
function cut(text: string): string {
  return cleanName(text).slice(0, 40);
}
