/** The board of a bot that draws none, made of what its post says anyway: a position in FEN or in
 *  rows of characters, a picture in text, or a list of what stands in the position. Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { VIEW_LIMITS } from "../limits/view.ts";
import { pieceSign } from "./glyphs.ts";
import type { View } from "./view.ts";
import { viewIn } from "./view_in.ts";

/** The board in a post; null for a post that has nothing of one. */
export function fallbackOf(body: JsonObject): View | null {
  const now = isObject(body.now) ? body.now : {};
  const position = now.position ?? body.position;
  const picture = [body.picture, body.text, now.text].find((each) => typeof each === "string");
  const isPicture = typeof picture === "string" && picture.trim().includes("\n");
  const forms = [
    ...position === undefined ? [] : [chessView(position), gridView(position)],
    ...isPicture ? [textView(picture)] : [],
    ...position === undefined ? [] : [tableView(position)],
    ...typeof picture === "string" ? [textView(picture)] : [],
  ];
  for (const form of forms) {
    const read = form && viewIn({ view: form });
    if (read && "view" in read) return read.view;
  }
  return null;
}

/** Lines of text as a board, as many as it may have. */
export function textView(text: string): JsonObject {
  const lines = text.split("\n").slice(0, VIEW_LIMITS.textLines).join("\n");
  return { kind: "text", text: [...lines].slice(0, VIEW_LIMITS.textChars).join("") };
}

function chessView(position: Json): JsonObject | null {
  const fen = isObject(position) ? position.fen : position;
  if (typeof fen !== "string" || !/^([1-8pnbrqk]{1,8}\/){7}[1-8pnbrqk]{1,8}( |$)/i.test(fen)) {
    return null;
  }
  const rows = fen.split(" ")[0]!.split("/").map((rank, i) => ({
    label: `${8 - i}`,
    cells: [...rank].flatMap((each) => pieceSign(each) ?? Array<string>(Number(each)).fill("")),
  }));
  return { kind: "grid", columns: [..."abcdefgh"], rows, checkered: true };
}

/** Rows of characters of one length, or lists of one length. */
function gridView(position: Json): JsonObject | null {
  const board = isObject(position) ? position.board ?? position.grid : position;
  if (!Array.isArray(board) || board.length < 2) return null;
  const rows = board.map((row) =>
    typeof row === "string" ? [...row] : Array.isArray(row) ? row.map((each) => each ?? "") : null
  );
  if (rows.some((row) => row === null || row.length < 2)) return null;
  const cells = rows.map((row) => row!.map((cell) => /^[.\-_ ]$/.test(String(cell)) ? "" : cell));
  return { kind: "grid", rows: cells };
}

function tableView(position: Json): JsonObject | null {
  if (typeof position === "string") return textView(position);
  if (!isObject(position)) return null;
  const rows = Object.entries(position).slice(0, VIEW_LIMITS.rows).map(([name, value]) => [
    shortened(name),
    shortened(typeof value === "string" ? value : JSON.stringify(value)),
  ]);
  return rows.length === 0 ? null : { kind: "table", rows };
}

function shortened(text: string): string {
  const characters = [...text];
  const { tableCellChars } = VIEW_LIMITS;
  if (characters.length <= tableCellChars) return text;
  return `${characters.slice(0, tableCellChars - 1).join("")}…`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
