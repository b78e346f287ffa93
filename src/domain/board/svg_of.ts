/** A board as a picture: an SVG document without scripts, styles, fonts or links of any kind, so
 *  that it is inert wherever it is shown. Equal input gives equal bytes. Pure. */
import { boardSvg } from "./svg_board.ts";
import { Canvas, type Colours, WIDTH } from "./svg_canvas.ts";
import { named, type Names } from "./named.ts";
import type { View } from "./view.ts";

export interface Picture {
  /** The names that players are shown by, by player id. */
  players?: Names;
  /** The player from whose side a board is drawn that has two. */
  seat?: string;
  /** The players for whom the bot waits. */
  turn?: readonly string[];
  /** One line above everything, such as the name of the channel. */
  heading?: string;
  /** One line below everything, such as how the game ended. */
  status?: string;
  seal?: Seal;
  theme?: "light" | "dark";
}

/** Whether the referee was run again: byte for byte the same, not here, or with another result. */
export type Seal = "verified" | "unchecked" | "differs";

const LIGHT: Colours = {
  paper: "#faf9f6",
  ink: "#1c1b19",
  quiet: "#6b6862",
  line: "#c9c5bc",
  square: "#e6e1d5",
  lightSquare: "#faf9f6",
  darkSquare: "#e6e1d5",
  markedSquare: "#cfe3d8",
  piece: "#1c1b19",
  accent: "#2f6f5e",
  marked: "#cfe3d8",
  turn: "#8a5a00",
  good: "#2f6f5e",
  bad: "#b3261e",
};
const DARK: Colours = {
  paper: "#161512",
  ink: "#e8e6e1",
  quiet: "#9a968d",
  line: "#4a4740",
  square: "#2a2823",
  lightSquare: "#c9c5bc",
  darkSquare: "#a8a294",
  markedSquare: "#8fbfa9",
  piece: "#161512",
  accent: "#7fc8b3",
  marked: "#28463c",
  turn: "#e3b341",
  good: "#7fc8b3",
  bad: "#f2877f",
};

export function svgOf(view: View, picture: Picture = {}): string {
  const { players = {}, seat, turn = [], heading, status, seal, theme = "light" } = picture;
  const canvas = new Canvas(theme === "dark" ? DARK : LIGHT);
  const words = (text: string) => named(text, players);
  if (heading) canvas.line(heading, { size: 13, colour: "quiet" });
  if (seal) drawSeal(canvas, seal);
  if (view.title) canvas.line(words(view.title), { size: 17, bold: true });
  canvas.space(4);
  boardSvg(canvas, view, { players, seat, turn });
  canvas.space(4);
  const sides = Object.entries(view.marks ?? {});
  for (const [player, mark] of sides) {
    const hasTurn = turn.includes(player);
    const text = `${mark}  ${words(player)}${hasTurn ? " · to move" : ""}`;
    canvas.line(text, { size: 15, colour: hasTurn ? "turn" : "ink", bold: hasTurn });
  }
  for (const note of view.note?.split("\n") ?? []) {
    canvas.line(words(note), { size: 13, colour: "quiet" });
  }
  const rest = turn.filter((player) => !(player in (view.marks ?? {})));
  if (status) canvas.line(words(status), { size: 15, bold: true });
  else if (rest.length > 0) {
    canvas.line(`${rest.map(words).join(", ")} to move`, { size: 15, colour: "turn", bold: true });
  }
  return canvas.document([heading, view.title, status].filter(Boolean).map((each) => words(each!)));
}

function drawSeal(canvas: Canvas, seal: Seal): void {
  const [x, y] = [WIDTH - 26, 26];
  const sign = {
    verified: { colour: "good", path: `M${x - 5} ${y}l4 4l7-8` },
    unchecked: { colour: "quiet", path: `M${x - 4} ${y - 3}a4 4 0 1 1 4 4v2m0 3v1` },
    differs: { colour: "bad", path: `M${x - 4} ${y - 4}l8 8m0-8l-8 8` },
  } as const;
  const { colour, path } = sign[seal];
  canvas.circle(x, y, 11, { stroke: colour });
  canvas.path(path, { stroke: colour, width: 2 });
}
