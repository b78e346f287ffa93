/** What the command line prints. Results go to standard output, and everything about the work to
 *  standard error. Text by others is cleaned here, so no verb has to remember it. A reader that
 *  has closed the pipe ends the program quietly, at the next line: neither Deno nor its Node
 *  interface tells of it before (an empty write succeeds, a socket on the descriptor reads at once,
 *  and a watch of its file needs all permissions and reports nothing). */
import { styleText } from "node:util";
import { wrapAnsi } from "fast-wrap-ansi";
import { plainJson, plainLine } from "../../verify/plain_text.ts";
import { refusesColour } from "./environment.ts";
import { EXIT } from "./exit_codes.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
/** A piece of a line: text as it is, or with a style. */
type Piece = string | { style: Style; text: string };

/** Narrower terminals are treated as this wide. */
const LEAST_COLUMNS = 20;
const encoder = new TextEncoder();

interface Stream {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

export function styled(style: Style, text: string): Piece {
  return { style, text };
}

/** The width of the terminal behind a stream; undefined if there is none, and lines stay whole. */
export function columnsOf(stream: { isTerminal(): boolean }): number | undefined {
  if (!stream.isTerminal()) return undefined;
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? Math.max(LEAST_COLUMNS, columns) : 80;
  } catch {
    return 80;
  }
}

export class Output {
  /** Whether the person wants JSON, and no prose. */
  readonly json: boolean;

  constructor({ json }: { json: boolean }) {
    this.json = json;
  }

  /** Whether somebody sits at the terminal and can be asked. */
  get isInteractive(): boolean {
    return !this.json && Deno.stdin.isTerminal() && Deno.stdout.isTerminal() &&
      Deno.stderr.isTerminal();
  }

  /** One line of the result. */
  line(...pieces: Piece[]): void {
    write(Deno.stdout, `${lineFor(Deno.stdout, pieces)}\n`);
  }

  /** The lines of a text. */
  lines(text: string): void {
    for (const line of text.split("\n")) this.line(line);
  }

  /** The whole result as one JSON document. */
  document(value: unknown): void {
    write(Deno.stdout, `${plainJson(value)}\n`);
  }

  /** One of the results of a stream, as one line of JSON. */
  jsonLine(value: unknown): void {
    write(Deno.stdout, `${plainJson(value, 0)}\n`);
  }

  /** A text exactly as it is, where no terminal interprets it; cleaned line by line otherwise. */
  exact(text: string): void {
    const shown = Deno.stdout.isTerminal() ? text.split("\n").map(plainLine).join("\n") : text;
    write(Deno.stdout, shown);
  }

  /** A remark on the work, not a part of the result. */
  note(...pieces: Piece[]): void {
    write(Deno.stderr, `${lineFor(Deno.stderr, pieces)}\n`);
  }
}

function lineFor(stream: Stream, pieces: readonly Piece[]): string {
  const coloured = stream.isTerminal() && !refusesColour();
  const line = pieces.map((piece) => {
    if (typeof piece === "string") return plainLine(piece);
    const text = plainLine(piece.text);
    return coloured ? styleText(piece.style, text, { validateStream: false }) : text;
  }).join("");
  return fitted(stream, line);
}

/** A line that breaks where the terminal ends, within its indent. */
function fitted(stream: Stream, line: string): string {
  const columns = columnsOf(stream);
  if (columns === undefined) return line;
  const [, indent = ""] = /^( *)/.exec(line)!;
  const width = Math.max(LEAST_COLUMNS, columns) - indent.length;
  const wrapped = wrapAnsi(line.slice(indent.length), width, { hard: true, trim: false });
  // The space at which a line breaks may be the first character of the next one.
  const parts = wrapped.split("\n").map((part, i) => i === 0 ? part : part.replace(/^ /, ""));
  return parts.map((part) => indent + part.trimEnd()).join("\n");
}

/** Writes prose of this program, line by line as the stream is wide. */
export function writeProse(stream: Stream, text: string): void {
  write(stream, text.split("\n").map((line) => fitted(stream, line)).join("\n"));
}

/** Writes all of a text that is already safe to print. */
export function write(stream: Pick<Stream, "writeSync">, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(EXIT.ok);
    throw error;
  }
}
