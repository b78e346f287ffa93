/** A sheet of a fixed width that grows downwards, and the shapes on it. All text is escaped here,
 *  and all lengths are rounded, so that equal drawings have equal bytes. */

export interface Colours {
  paper: string;
  ink: string;
  quiet: string;
  line: string;
  square: string;
  /** The squares of a chequered board, those that are marked, and what stands on them. The signs of
   *  Black's pieces are full, so they are dark in each theme. */
  lightSquare: string;
  darkSquare: string;
  markedSquare: string;
  piece: string;
  accent: string;
  marked: string;
  turn: string;
  good: string;
  bad: string;
}
type Colour = keyof Colours;

/** Pixels. */
export const WIDTH = 480;
export const MARGIN = 16;
const INNER = WIDTH - 2 * MARGIN;

const WORDS = "system-ui,-apple-system,Segoe UI,Roboto,sans-serif";
const EQUAL_WIDTHS = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";
/** How wide a character is at most, in parts of its size: of most texts, and of one with equal
 *  widths. */
const WORD_WIDTH = 0.56;
const EQUAL_WIDTH = 0.61;

interface TextForm {
  size: number;
  colour?: Colour | undefined;
  bold?: boolean;
  equal?: boolean;
  anchor?: "start" | "middle" | "end";
}

interface ShapeForm {
  fill?: Colour;
  stroke?: Colour;
  width?: number;
}

export class Canvas {
  readonly #colours: Colours;
  readonly #shapes: string[] = [];
  /** Where the next line begins. */
  y = MARGIN;

  constructor(colours: Colours) {
    this.#colours = colours;
  }

  space(height: number): void {
    this.y += height;
  }

  /** A line of text below what is there. */
  line(text: string, form: TextForm): void {
    this.text(MARGIN, this.y + form.size, text, form, INNER);
    this.y += Math.round(form.size * 1.5);
  }

  /** A text whose base line begins at a point; cut where it would be wider than `most`. */
  text(x: number, y: number, text: string, form: TextForm, most = INNER): void {
    const { size, colour = "ink", bold, equal, anchor } = form;
    const fits = Math.max(1, Math.floor(most / (size * (equal ? EQUAL_WIDTH : WORD_WIDTH))));
    const shown = shortened(text, fits);
    if (shown.trim() === "") return;
    const attributes = [
      `x="${rounded(x)}" y="${rounded(y)}" font-size="${rounded(size)}"`,
      ...colour === "ink" ? [] : [`fill="${this.#colours[colour]}"`],
      ...bold ? ['font-weight="600"'] : [],
      ...equal ? [`font-family="${EQUAL_WIDTHS}" xml:space="preserve"`] : [],
      ...anchor && anchor !== "start" ? [`text-anchor="${anchor}"`] : [],
    ];
    this.#shapes.push(`<text ${attributes.join(" ")}>${escaped(shown)}</text>`);
  }

  rect(x: number, y: number, width: number, height: number, form: ShapeForm & { r?: number }) {
    const { r = 0 } = form;
    const corner = r > 0 ? ` rx="${rounded(r)}"` : "";
    const size = `width="${rounded(width)}" height="${rounded(height)}"`;
    this.#shapes.push(
      `<rect x="${rounded(x)}" y="${rounded(y)}" ${size}${corner}${this.#form(form)}/>`,
    );
  }

  circle(x: number, y: number, r: number, form: ShapeForm): void {
    const at = `cx="${rounded(x)}" cy="${rounded(y)}" r="${rounded(r)}"`;
    this.#shapes.push(`<circle ${at}${this.#form(form)}/>`);
  }

  path(d: string, form: ShapeForm): void {
    const caps = form.stroke ? ' stroke-linecap="round" stroke-linejoin="round"' : "";
    this.#shapes.push(`<path d="${d}"${this.#form(form)}${caps}/>`);
  }

  #form({ fill, stroke, width = 1 }: ShapeForm): string {
    const filled = fill ? ` fill="${this.#colours[fill]}"` : ' fill="none"';
    const stroked = stroke ? ` stroke="${this.#colours[stroke]}" stroke-width="${width}"` : "";
    return filled + stroked;
  }

  /** The whole document; its title is for readers of screens. */
  document(title: readonly string[]): string {
    const height = Math.ceil(this.y + MARGIN);
    const { paper, ink } = this.#colours;
    const name = escaped(title.join(". ")) || "Board";
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
      `width="${WIDTH}" height="${height}" role="img" direction="ltr" fill="${ink}" ` +
      `font-family="${WORDS}"><title>${name}</title>` +
      `<rect width="${WIDTH}" height="${height}" fill="${paper}"/>${this.#shapes.join("")}</svg>\n`;
  }
}

/** A number with at most one digit behind the point. */
export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const ISOLATES = /[\u2068\u2069]/g;

/** A text of at most so many characters that can be seen. */
function shortened(text: string, most: number): string {
  if ([...text.replace(ISOLATES, "")].length <= most) return text;
  let seen = 0;
  const begin = [...text].filter((each) => each.match(ISOLATES) ?? ++seen < most);
  return `${begin.join("")}…`;
}

/** A text as XML may hold it. What reaches a picture is clean already; this is the last wall. The
 *  isolates of names stay: they reach no further than their text. */
function escaped(text: string): string {
  return text.replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[\u202a-\u202e\u2066\u2067\u200e\u200f]/g, "")
    .replace(/[&<>"']/g, (each) => ENTITIES[each]!);
}
