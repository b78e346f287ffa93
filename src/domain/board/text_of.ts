/** A board as text: the picture that agents read, and terminals show. Of at most 20 lines. Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { VIEW_LIMITS } from "../limits/view.ts";
import { figureOf, pieceLetter, plainSign } from "./glyphs.ts";
import type { Cell, LineView, RowsView, View } from "./view.ts";
import { viewIn } from "./view_in.ts";

export function textOf(view: View): string {
  const { title, note, marks = {} } = view;
  const sides = Object.entries(marks).map(([player, mark]) => `${player} is ${mark}`).join(", ");
  const lines = [
    ...title ? [title] : [],
    ...boardLines(view),
    ...sides ? [sides] : [],
    ...note ? note.split("\n") : [],
  ].map((line) => plainSign(line).trimEnd());
  const { textLines, textChars } = VIEW_LIMITS;
  const shown = lines.length > textLines ? [...lines.slice(0, textLines - 1), "…"] : lines;
  const text = shown.join("\n");
  return text.length > textChars ? `${text.slice(0, textChars - 1).toWellFormed()}…` : text;
}

/** A post of a bot for readers of text: without its board, which stands there as text if nothing
 *  else in the post says how things stand. */
export function withoutView(body: JsonObject): JsonObject {
  const read = viewIn(body);
  if (read === null) return body;
  const { view: _, ...rest } = body;
  if ("wrong" in read) return { ...rest, view_left_out: read.wrong };
  const now = isObject(rest.now) ? rest.now : {};
  const says = [rest, now].some((each) =>
    typeof each.text === "string" || (each.position ?? null) !== null
  );
  return says ? rest : { ...rest, text: textOf(read.view) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function boardLines(view: View): string[] {
  switch (view.kind) {
    case "grid":
      return gridLines(view);
    case "cards":
      return cardLines(view);
    case "table":
      return tableLines(view);
    case "line":
      return [lineText(view)];
    case "text":
      return view.text.split("\n");
  }
}

/** White's pieces are capitals; an empty cell shows what its click would send. */
function gridLines({ rows, columns }: RowsView): string[] {
  const cells = rows.map(({ cells }) => cells.map(gridCell));
  const labels = columns?.map(({ text }) => text) ?? [];
  const width = Math.max(...[...cells.flat(), ...labels].map(widthOf));
  const margin = Math.max(...rows.map(({ label = "" }) => widthOf(label)));
  const beside = (label: string) => margin > 0 ? `${padded(label, margin, "end")} ` : "";
  const all = cells.map((row, i) =>
    beside(rows[i]!.label ?? "") + row.map((cell) => padded(cell, width, "end")).join(" ")
  );
  const hasPieces = rows.some(({ cells }) => cells.some(({ text }) => pieceLetter(text)));
  return [
    ...all,
    ...labels.length > 0
      ? [beside("") + labels.map((label) => padded(label, width, "end")).join(" ")]
      : [],
    ...hasPieces ? ["White's pieces are capitals."] : [],
  ];
}

function gridCell({ text, move }: Cell): string {
  if (text !== "") return pieceLetter(text) ?? text;
  return move && "value" in move ? String(move.value) : ".";
}

function cardLines({ rows }: RowsView): string[] {
  const width = Math.max(0, ...rows.map(({ label = "" }) => widthOf(label)));
  return rows.map(({ label = "", cells, note = "" }) => {
    const shown = cells.map(({ text }) => {
      const { kind } = figureOf(text);
      return kind === "die" || kind === "hidden" ? `[${text}]` : text;
    }).join(" ");
    const parts = [...width > 0 ? [padded(label, width, "start")] : [], shown, note];
    return parts.filter((part) => part !== "").join("  ");
  });
}

function tableLines({ rows, columns = [] }: RowsView): string[] {
  const hasLabels = rows.some(({ label }) => label !== undefined);
  const body = rows.map(({ label = "", cells, note }) => [
    ...hasLabels ? [label] : [],
    ...cells.map(({ text }) => text),
    ...note ? [note] : [],
  ]);
  const head = [...hasLabels ? [""] : [], ...columns.map(({ text }) => text)];
  const all = columns.length > 0 ? [head, ...body] : body;
  const count = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ""))),
  );
  return all.map((row) => row.map((cell, i) => padded(cell, widths[i]!, "start")).join("  "));
}

function lineText({ from, to, low = from, high = to, points }: LineView): string {
  const left = low === from && high === to
    ? `${from} to ${to}`
    : low > high
    ? `nothing is left of ${from} to ${to}`
    : `${low === high ? low : `${low} to ${high}`} is left of ${from} to ${to}`;
  const marked = points.map(({ at, text }) => text === "" ? `${at}` : `${at} (${text})`);
  return marked.length > 0 ? `${left}; ${marked.join(", ")}` : left;
}

function widthOf(text: string): number {
  return [...plainSign(text)].length;
}

function padded(text: string, width: number, side: "start" | "end"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "end" ? space + text : text + space;
}
