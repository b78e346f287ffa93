/** Draws the board itself, of each kind. */
import { type Figure, figureOf } from "./glyphs.ts";
import { named, type Names } from "./named.ts";
import { type Canvas, MARGIN, rounded, WIDTH } from "./svg_canvas.ts";
import type { LineView, RowsView, View } from "./view.ts";

interface Seen {
  players: Names;
  seat: string | undefined;
  turn: readonly string[];
}

const INNER = WIDTH - 2 * MARGIN;

export function boardSvg(canvas: Canvas, view: View, seen: Seen): void {
  switch (view.kind) {
    case "grid":
      return drawGrid(canvas, view, seen);
    case "cards":
      return drawCards(canvas, view, seen);
    case "table":
      return drawTable(canvas, view, seen);
    case "line":
      return drawLine(canvas, view, seen);
    case "text":
      for (const line of view.text.split("\n")) {
        canvas.line(named(line, seen.players), { size: 13, equal: true });
      }
  }
}

// Grids
// -------------------------------------------------------------------------------------------------

const LARGEST_SQUARE = 72;

function drawGrid(canvas: Canvas, view: RowsView, { seat, players }: Seen): void {
  const isFlipped = view.flipped !== undefined && view.flipped === seat;
  const turned = <T>(list: readonly T[]) => isFlipped ? list.toReversed() : list;
  const words = (text: string) => named(text, players);
  const rows = turned(view.rows);
  const columns = turned(view.columns ?? []);
  const count = rows[0]!.cells.length;
  /** By how many squares the light corner has moved. */
  const turns = isFlipped ? rows.length + count : 0;
  const beside = rows.some(({ label }) => label !== undefined) ? 22 : 0;
  const side = Math.min(
    LARGEST_SQUARE,
    Math.floor((INNER - 2 * beside) / count),
    Math.floor(INNER / rows.length),
  );
  const [left, top] = [(WIDTH - side * count) / 2, canvas.y];
  const [width, height] = [side * count, side * rows.length];
  let dark = "";
  let lines = "";
  rows.forEach((_, row) => {
    for (let column = 0; column < count; column++) {
      if ((row + column + turns) % 2 === 0) continue;
      dark += `M${left + column * side} ${top + row * side}h${side}v${side}h${-side}z`;
    }
  });
  const { checkered } = view;
  if (checkered) {
    canvas.rect(left, top, width, height, { fill: "lightSquare" });
    canvas.path(dark, { fill: "darkSquare" });
  } else {
    for (let column = 1; column < count; column++) {
      lines += `M${left + column * side} ${top}v${height}`;
    }
    for (let row = 1; row < rows.length; row++) lines += `M${left} ${top + row * side}h${width}`;
  }
  const texts: (() => void)[] = [];
  const fill = checkered ? "markedSquare" as const : "marked" as const;
  const colour = checkered ? "piece" as const : "ink" as const;
  rows.forEach(({ cells, label }, row) => {
    const y = top + row * side;
    turned(cells).forEach(({ text: written, marked }, column) => {
      const text = words(written);
      const x = left + column * side;
      if (marked) canvas.rect(x + 1, y + 1, side - 2, side - 2, { fill });
      if (text === "") return;
      const size = Math.min(side * 0.66, side * 1.5 / [...text].length);
      texts.push(() =>
        canvas.text(
          x + side / 2,
          y + side / 2 + size * 0.36,
          text,
          { size, colour, anchor: "middle" },
          999,
        )
      );
    });
    if (label === undefined) return;
    canvas.text(
      left - 8,
      y + side / 2 + 4,
      words(label),
      { size: 12, colour: "quiet", anchor: "end" },
      40,
    );
  });
  if (lines !== "") canvas.path(lines, { stroke: "line" });
  canvas.rect(left, top, width, height, { stroke: "line" });
  for (const draw of texts) draw();
  canvas.y += height + 4;
  if (columns.length === 0) return;
  columns.forEach(({ text }, column) => {
    const x = left + (column + 0.5) * side;
    const form = { size: 12, colour: "quiet", anchor: "middle" } as const;
    canvas.text(x, canvas.y + 12, words(text), form, side);
  });
  canvas.y += 18;
}

// Cards, dice and pieces
// -------------------------------------------------------------------------------------------------

const CARD = { width: 34, height: 46 };
const DIE = 34;
const GAP = 5;
const NAMES = 92;

function drawCards(canvas: Canvas, { rows }: RowsView, { players, turn }: Seen): void {
  const hasLabels = rows.some(({ label }) => label !== undefined);
  const left = MARGIN + (hasLabels ? NAMES : 0);
  for (const { label = "", cells, note } of rows) {
    const hasTurn = turn.includes(label);
    const figures = cells.map(({ text }) => figureOf(text)).map((figure) =>
      figure.kind === "piece" ? { ...figure, text: named(figure.text, players) } : figure
    );
    const hasCards = figures.some(({ kind }) => kind === "card" || kind === "card back");
    const height = figures.length === 0 ? 22 : hasCards ? CARD.height : DIE;
    const form = { size: 14, bold: hasTurn, ...hasTurn && { colour: "turn" as const } };
    canvas.text(MARGIN, canvas.y + height / 2 + 5, named(label, players), form, NAMES - 8);
    let x = left;
    figures.forEach((figure, i) => {
      const width = widthOf(figure);
      if (x > left && x + width > WIDTH - MARGIN) {
        x = left;
        canvas.y += height + GAP;
      }
      drawFigure(canvas, figure, x, canvas.y, cells[i]!.marked === true);
      x += width + GAP;
    });
    const fits = WIDTH - MARGIN - x - 4;
    const words = named(note ?? "", players);
    const isBeside = words.length * 7.3 <= fits;
    if (isBeside) canvas.text(x + 4, canvas.y + height / 2 + 5, words, { size: 13 }, fits + 4);
    canvas.y += height + GAP;
    if (isBeside) continue;
    canvas.text(left, canvas.y + 11, words, { size: 13 }, WIDTH - MARGIN - left);
    canvas.y += 20;
  }
}

function widthOf(figure: Figure): number {
  if (figure.kind === "piece") return Math.max(DIE, 14 + [...figure.text].length * 8);
  return figure.kind === "card" || figure.kind === "card back" ? CARD.width : DIE;
}

function drawFigure(canvas: Canvas, figure: Figure, x: number, y: number, marked: boolean): void {
  const fill = marked ? "marked" as const : "paper" as const;
  const isCard = figure.kind === "card" || figure.kind === "card back";
  const [width, height] = [widthOf(figure), isCard ? CARD.height : DIE];
  canvas.rect(x, y, width, height, { fill, stroke: "ink", r: isCard ? 4 : 7 });
  const middle = x + width / 2;
  switch (figure.kind) {
    case "card back":
    case "hidden":
      canvas.rect(x + 4, y + 4, width - 8, height - 8, { fill: "square", stroke: "line", r: 2 });
      if (!isCard) {
        canvas.text(middle, y + 23, "?", { size: 17, colour: "quiet", anchor: "middle" });
      }
      return;
    case "card":
      canvas.text(middle, y + 20, figure.rank, { size: 16, bold: true, anchor: "middle" }, 99);
      canvas.text(middle, y + 39, figure.suit, { size: 17, anchor: "middle" }, 99);
      return;
    case "die":
      return canvas.path(pips(figure.pips, x, y), { stroke: "ink", width: 6 });
    case "piece":
      canvas.text(middle, y + 22, figure.text, { size: 14, anchor: "middle" }, width);
  }
}

/** The points of a die, as lines of no length with round ends. */
function pips(count: number, x: number, y: number): string {
  const [near, half, far] = [9, 17, 25];
  const places = [
    ...count % 2 === 1 ? [[half, half]] : [],
    ...count > 1 ? [[near, near], [far, far]] : [],
    ...count > 3 ? [[far, near], [near, far]] : [],
    ...count > 5 ? [[near, half], [far, half]] : [],
  ];
  return places.map(([right, down]) => `M${rounded(x + right!)} ${rounded(y + down!)}h0`).join("");
}

// Tables and lines
// -------------------------------------------------------------------------------------------------

function drawTable(canvas: Canvas, view: RowsView, { players, turn }: Seen): void {
  const { rows, columns = [] } = view;
  const hasLabels = rows.some(({ label }) => label !== undefined);
  const body = rows.map(({ label = "", cells, note }) => ({
    marked: cells.some(({ marked }) => marked),
    hasTurn: [label, cells[0]?.text ?? ""].some((each) => turn.includes(each)),
    cells: [
      ...hasLabels ? [label] : [],
      ...cells.map(({ text }) => text),
      ...note ? [note] : [],
    ].map((text) => named(text, players)),
  }));
  const head = [...hasLabels ? [""] : [], ...columns.map(({ text }) => named(text, players))];
  const all = [...columns.length > 0 ? [head] : [], ...body.map(({ cells }) => cells)];
  const count = Math.max(1, ...all.map((row) => row.length));
  const wants = Array.from(
    { length: count },
    (_, i) => 18 + 8 * Math.max(3, ...all.map((row) => [...row[i] ?? ""].length)),
  );
  const wanted = wants.reduce((sum, each) => sum + each, 0);
  const widths = wants.map((each) => each * Math.min(1.4, INNER / wanted));
  const drawRow = (
    cells: readonly string[],
    form: { bold: boolean; colour?: "quiet" | "turn" },
  ) => {
    let x = MARGIN + 6;
    cells.forEach((text, i) => {
      canvas.text(x, canvas.y + 18, text, { size: 14, ...form }, widths[i]! - 10);
      x += widths[i]!;
    });
    canvas.y += 26;
  };
  if (columns.length > 0) drawRow(head, { bold: false, colour: "quiet" });
  for (const { cells, marked, hasTurn } of body) {
    canvas.path(`M${MARGIN} ${canvas.y}h${INNER}`, { stroke: "line" });
    if (marked) canvas.rect(MARGIN, canvas.y + 1, INNER, 24, { fill: "marked" });
    drawRow(cells, { bold: hasTurn, ...hasTurn && { colour: "turn" as const } });
  }
}

function drawLine(canvas: Canvas, view: LineView, { players }: Seen): void {
  const { from, to, low = from, high = to, points } = view;
  const [left, width] = [MARGIN + 8, INNER - 16];
  const at = (value: number) => {
    const part = to === from ? 0.5 : (value - from) / (to - from);
    return left + width * Math.min(1, Math.max(0, part));
  };
  const y = canvas.y + 34;
  canvas.path(`M${left} ${y}h${width}`, { stroke: "line", width: 6 });
  if (low <= high) {
    canvas.path(`M${rounded(at(low))} ${y}H${rounded(at(high))}`, { stroke: "accent", width: 10 });
    const middle = (at(low) + at(high)) / 2;
    const label = low === high ? `${low}` : `${low} – ${high}`;
    const half = label.length * 5;
    const x = Math.min(WIDTH - MARGIN - half, Math.max(MARGIN + half, middle));
    canvas.text(x, y - 16, label, { size: 17, bold: true, anchor: "middle" });
  }
  canvas.text(left - 4, y + 24, `${from}`, { size: 13, colour: "quiet" });
  canvas.text(left + width + 4, y + 24, `${to}`, { size: 13, colour: "quiet", anchor: "end" });
  for (const point of points) {
    canvas.path(`M${rounded(at(point.at))} ${y - 7}v14`, { stroke: "ink", width: 2 });
  }
  canvas.y = y + 32;
  for (const { at: value, text } of points) {
    canvas.line(text === "" ? `${value}` : `${value}  ${named(text, players)}`, { size: 14 });
  }
}
