/**
 * Chess: two players, the rules of chess, draws by rule and by agreement, clocks, and the PGN at the end.
 *
 * params: fen (where the game starts), draws "automatic" | "claimed" = "automatic" (threefold repetition and fifty
 *         moves end the game at once, or when a player claims it), max_moves = 300 (of each side; then it is a draw),
 *         and those of every game: clock, strikes, turn_order. The first player has White.
 * Moves: make_game_move game "chess", action "move", value "Nf3" or "g1f3" (or the text "Nf3"); actions "offer_draw",
 *        "accept_draw", "decline_draw", "claim_draw" and "concede".
 */
import { Chess as Board } from "lib:chess.js";
import {
  type Drop,
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type LegalMove,
  type Move,
} from "lib:game";

interface Params extends GameParams {
  fen?: string;
  draws: "automatic" | "claimed";
  max_moves: number;
}

type Colour = "w" | "b";

interface State {
  /** White, then Black. */
  players: string[];
  /** The position at the start, and now. */
  start: string;
  fen: string;
  /** The moves in SAN, with spaces between them. */
  moves: string;
  /** The squares of the last one, from and to. */
  last: string[];
  /** How often each position has been on the board since the last capture or move of a pawn. */
  seen: Record<string, number>;
  offer: {
    by: string;
    /** The offer came without a move: the opponent has to answer it. */
    asked: boolean;
  } | null;
  /** Who has offered a draw since that player's last move. */
  offered: string[];
  over: Over | null;
}

/** How a game ended; no winner means a draw. */
interface Over {
  result: "won" | "drawn" | Drop;
  winner?: string;
  text: string;
}

const NAMES = { w: "White", b: "Black" };
const PIECES: Record<string, string> = {
  p: "pawn",
  n: "knight",
  b: "bishop",
  r: "rook",
  q: "queen",
  k: "king",
};
const SIGNS: Record<string, string> = {
  ...{ K: "♔", Q: "♕", R: "♖", B: "♗", N: "♘", P: "♙" },
  ...{ k: "♚", q: "♛", r: "♜", b: "♝", n: "♞", p: "♟" },
};
/** As many moves as `legal_moves` may have. */
const MOST_LISTED = 64;
const LONG_MOVE = /^([KQRBN])?([a-h][1-8])[-x:]?([a-h][1-8])(?:=?\(?([QRBNqrbn])\)?)?$/;
const SHORT_MOVE = /^([KQRBN])([a-h]?[1-8]?)x?([a-h][1-8])$/;
const MOVE_TEXT =
  /^(?:\d{1,3}\.(?:\.\.)?\s*)?([KQRBN]?[a-h]?[1-8]?[-x:]?[a-h]\d(?:=?\(?[QRBNqrbn]\)?)?|[O0o](?:-[O0o]){1,2})[+#]?[!?]{0,2}\.?$/;

export default class Chess extends GameReferee<State, Params> {
  static manifest = {
    summary: "Chess for two, with clocks, draws by rule and agreement, and the PGN at the end",
    net: [],
    moves: {
      game: "chess",
      aliases: ["Chess", "chess game"],
      actions: {
        move: { value: "<text>" },
        offer_draw: { value: "<text>" },
        accept_draw: { text: "accept_draw" },
        decline_draw: { text: "decline_draw" },
        claim_draw: { text: "claim_draw" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        fen: {
          type: "string",
          description: "The position at the start, in FEN.",
          maxLength: 100,
        },
        draws: {
          enum: ["automatic", "claimed"],
          description: "Whether threefold repetition and fifty moves end the game at once, " +
            "or only when a player claims it.",
          default: "automatic",
        },
        max_moves: {
          type: "integer",
          description: "After so many moves of each side the game is a draw.",
          minimum: 5,
          maximum: 600,
          default: 300,
        },
        ...GAME_PARAMS,
      },
    },
  };

  override seats = 2;

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { fen } = params;
    if (fen !== undefined && ctx.get_state() === null) refuseBadStart(fen);
  }

  override setup(players: string[]): State {
    const fen = new Board(this.params.fen).fen();
    return {
      players,
      start: fen,
      fen,
      moves: "",
      last: [],
      seen: { [positionIn(fen)]: 1 },
      offer: null,
      offered: [],
      over: null,
    };
  }

  override turn({ fen, players, offer }: State): string[] {
    if (offer?.asked) return [players[offer.by === players[0] ? 1 : 0]!];
    return [players[colourToMove(fen) === "w" ? 0 : 1]!];
  }

  override play(state: State, player: string, { action, value }: Move) {
    const { offer } = state;
    if (action === "accept_draw") {
      if (!offer || offer.by === player) throw new Illegal("Your opponent has not offered a draw.");
      state.over = { result: "drawn", text: "White and Black agreed to a draw." };
      return;
    }
    if (action === "decline_draw") {
      if (!offer || offer.by === player) throw new Illegal("Your opponent has not offered a draw.");
      state.offer = null;
      this.say("draw_declined", { player });
      return;
    }
    if (offer?.asked) {
      throw new Illegal(
        'Your opponent offers a draw: answer "accept_draw" or "decline_draw" first.',
      );
    }
    if (action === "claim_draw") return claimDraw(state);
    if (action === "offer_draw") return this.#offerDraw(state, player, value);
    this.#move(state, player, value);
  }

  /** Offers a draw alone, or with a move: the opponent then has the turn and may accept. */
  #offerDraw(state: State, player: string, value: unknown) {
    if (state.offered.includes(player)) {
      throw new Illegal("You have offered a draw since your last move: make a move first.");
    }
    if (value === undefined || value === "") state.offered.push(player);
    else this.#move(state, player, value);
    state.offer = { by: player, asked: state.offered.includes(player) };
    if (state.over === null) this.say("draw_offered", { player });
    else state.offer = null;
  }

  #move(state: State, player: string, value: unknown) {
    const board = new Board(state.fen);
    const { san, lan, captured, piece } = made(board, value);
    state.fen = board.fen();
    state.moves += `${state.moves === "" ? "" : " "}${san}`;
    state.last = [lan.slice(0, 2), lan.slice(2, 4)];
    // An offer that is not accepted by then is declined.
    state.offer = null;
    state.offered = state.offered.filter((each) => each !== player);
    // No position before a capture or a move of a pawn can come again.
    if (captured !== undefined || piece === "p") state.seen = {};
    const position = positionIn(state.fen);
    state.seen[position] = (state.seen[position] ?? 0) + 1;
    this.say("judge", { player, move: san, uci: lan });
    state.over = this.#overAfter(state, board, player);
  }

  #overAfter(state: State, board: Board, player: string): Over | null {
    if (board.isCheckmate()) {
      const name = NAMES[colourOf(state, player)];
      return { result: "won", winner: player, text: `${name} (${player}) wins by checkmate.` };
    }
    const drawn = (text: string): Over => ({ result: "drawn", text: `A draw: ${text}.` });
    if (board.isStalemate()) return drawn("the player to move is stalemated");
    if (!canMate(board, "w") && !canMate(board, "b")) return drawn("insufficient material");
    const isStrict = this.params.draws === "automatic";
    const times = repeated(state);
    if (times >= (isStrict ? 3 : 5)) {
      return drawn(`${isStrict ? "threefold" : "fivefold"} repetition of the position`);
    }
    if (quietPlies(state) >= (isStrict ? 100 : 150)) {
      return drawn(
        `${isStrict ? "fifty" : "seventy-five"} moves without a capture or a move of a pawn`,
      );
    }
    if (plies(state) < 2 * this.params.max_moves) return null;
    return drawn(`${this.params.max_moves} moves of each side, the limit of this game`);
  }

  override drop(state: State, player: string, why: Drop) {
    const winner = state.players.find((each) => each !== player)!;
    const name = `${NAMES[colourOf(state, player)]} (${player})`;
    const did = {
      conceded: "conceded",
      timed_out: "ran out of time",
      illegal: "made too many illegal moves",
      claimed: "did not move, and the game was claimed",
    }[why];
    state.over = why === "conceded" || canMate(new Board(state.fen), colourOf(state, winner))
      ? { result: why, winner, text: `${name} ${did}. ${winner} wins.` }
      : { result: "drawn", text: `${name} ${did}, but ${winner} can't checkmate: a draw.` };
  }

  override result({ over, players }: State) {
    if (over === null) return null;
    const { result, winner, text } = over;
    const ranking = winner === undefined
      ? [players]
      : [[winner], players.filter((each) => each !== winner)];
    return { result, winners: winner === undefined ? [] : [winner], ranking, text };
  }

  override reveal(state: State) {
    return { pgn: pgnOf(state) };
  }

  override position(state: State) {
    const { fen, players, offer, moves } = state;
    const last = moves.slice(moves.lastIndexOf(" ") + 1);
    return {
      fen,
      white: players[0]!,
      black: players[1]!,
      ...last !== "" && { last },
      ...last.endsWith("+") && { check: true },
      ...repeated(state) > 1 && { repeated: repeated(state) },
      ...offer && { draw_offered_by: offer.by },
    };
  }

  /** White's pieces are capitals. */
  override picture({ fen, players, offer }: State): string {
    const ranks = fen.split(" ")[0]!.split("/").map((rank, i) => {
      const squares = rank.replace(/\d/g, (digit) => ".".repeat(Number(digit)));
      return `${8 - i} ${[...squares].join(" ")}`;
    });
    const sides = `White (capitals): ${players[0]}, Black: ${players[1]}. ` +
      `${NAMES[colourToMove(fen)]} is to move.`;
    const offered = offer ? [`${offer.by} offers a draw.`] : [];
    return [...ranks, "  a b c d e f g h", sides, ...offered].join("\n");
  }

  override view(state: State): BoardView {
    const { fen, players, offer, over, moves, last } = state;
    const board = new Board(fen);
    const mayMove = !over && !offer?.asked;
    const number = Math.ceil(plies(state) / 2);
    return {
      kind: "grid",
      action: "move",
      checkered: true,
      flipped: players[1]!,
      marks: { [players[0]!]: "White", [players[1]!]: "Black" },
      ...moves !== "" && { note: `Move ${number}: ${moves.slice(moves.lastIndexOf(" ") + 1)}` },
      columns: [..."abcdefgh"],
      rows: board.board().map((rank, i) => ({
        label: `${8 - i}`,
        cells: rank.map((piece, column) => {
          const square = `${"abcdefgh"[column]}${8 - i}`;
          const letter = piece && (piece.color === "w" ? piece.type.toUpperCase() : piece.type);
          const text = letter ? SIGNS[letter]! : "";
          const leads = mayMove && piece?.color === board.turn() ? leadsFrom(board, square) : [];
          const marked = last.includes(square);
          if (leads.length === 0 && !marked) return text;
          return {
            ...text !== "" && { text },
            ...marked && { marked },
            ...leads.length > 0 && { move: Object.fromEntries(leads) },
          };
        }),
      })),
    };
  }

  override legal(state: State, player: string): LegalMove[] {
    const { offer } = state;
    const answers = offer && offer.by !== player ? [{ action: "accept_draw" }] : [];
    if (offer?.asked) return [...answers, { action: "decline_draw" }];
    const claims = claimIn(state) === null ? [] : [{ action: "claim_draw" }];
    const moves = new Board(state.fen).moves().map((san) => ({ action: "move", value: san }));
    return [...moves.slice(0, MOST_LISTED - answers.length - claims.length), ...answers, ...claims];
  }

  override read(text: string): Move | null {
    const [, move] = MOVE_TEXT.exec(text) ?? [];
    if (move !== undefined) return { action: "move", value: move };
    const said = text.toLowerCase().replace(/[^a-z ]/g, "").trim();
    if (/^((i )?offer (you )?(a )?draw|offerdraw|draw)$/.test(said)) {
      return { action: "offer_draw" };
    }
    if (/^(i )?accept (the |your )?(draw|offer)$/.test(said)) return { action: "accept_draw" };
    if (/^(i )?decline (the |your )?(draw|offer)$/.test(said)) return { action: "decline_draw" };
    return null;
  }
}

// Moves
// -------------------------------------------------------------------------------------------------

/** Makes the move that a value means: SAN, also with more than it needs, UCI, or { from, to, promotion }. */
function made(board: Board, value: unknown) {
  const said = textOf(value);
  if (said === null || said === "") {
    throw new Illegal('The value must be a move in SAN or UCI, such as "Nf3", "e2e4" or "e7e8q".');
  }
  const found = moveIn(board, said);
  if (found) return found;
  throw new Illegal(`${JSON.stringify(said)} is not legal here: ${whyNot(board, said)}`);
}

/** A text of at most 20 characters without marks, numbers of moves and spaces. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") {
    const said = value.trim().replace(/^\d{1,3}\.(\.\.)?\s*/, "").replace(
      /(e\.p\.)?[+#!?.\s]*$/,
      "",
    );
    return said.length <= 20 && /^[\x20-\x7e]*$/.test(said) ? said : null;
  }
  const { from, to, promotion = "" } = Object(value);
  const isMove = [from, to, promotion].every((each) => typeof each === "string");
  return isMove ? textOf(`${from}${to}${promotion}`.toLowerCase()) : null;
}

const bare = (san: string) => san.replace(/[+#=x]/g, "");

function moveIn(board: Board, said: string) {
  const castles = /^[o0]-[o0](-[o0])?$/i.test(said) ? said.replace(/[o0]/gi, "O") : said;
  const legal = board.moves();
  const own = legal.filter((san) => bare(san) === bare(castles));
  if (own.length === 1) return board.move(own[0]!);
  const long = LONG_MOVE.exec(said) ?? LONG_MOVE.exec(said.toLowerCase());
  if (long) {
    const [, letter = "", from = "", to = "", promotion] = long;
    const piece = board.get(from as "e2");
    if (letter !== "" && piece?.type !== letter.toLowerCase()) return null;
    return attempted(board, from, to, promotion?.toLowerCase());
  }
  const [, letter, hint = "", to = ""] = SHORT_MOVE.exec(said) ?? [];
  if (letter !== undefined) {
    const reach = piecesFrom(board, letter.toLowerCase()).filter((from) =>
      [...hint].every((each) => from.includes(each)) &&
      board.moves({ square: from as "e2" }).some((san) => bare(san).endsWith(to))
    );
    return reach.length === 1 ? attempted(board, reach[0]!, to) : null;
  }
  const inAnyCase = legal.filter((san) => bare(san).toLowerCase() === bare(said).toLowerCase());
  return inAnyCase.length === 1 ? board.move(inAnyCase[0]!) : null;
}

/** The moves of the piece on a square, in long form where others could go there, too, by the square
 *  to which they lead. */
function leadsFrom(board: Board, square: string): [to: string, values: string | string[]][] {
  const values: Record<string, string[]> = {};
  for (const san of board.moves({ square: square as "e2" })) {
    const castled = san.startsWith("O-O-O") ? "c" : san.startsWith("O-O") ? "g" : null;
    const to = castled ? `${castled}${square[1]}` : /[a-h][1-8](?=[^a-h1-8]*$)/.exec(san)![0];
    (values[to] ??= []).push(/^[NBRQ]/.test(san) ? `${san[0]}${square}${to}` : san);
  }
  return Object.entries(values).map(([to, each]) => [to, each.length === 1 ? each[0]! : each]);
}

function attempted(board: Board, from: string, to: string, promotion?: string) {
  try {
    return board.move({ from, to, ...promotion !== undefined && { promotion } });
  } catch {
    return null;
  }
}

/** The squares of the pieces of the player to move. */
function piecesFrom(board: Board, type: string): string[] {
  return board.board().flat().flatMap((piece) =>
    piece?.type === type && piece.color === board.turn() ? [piece.square] : []
  );
}

/** The rule that a move breaks, in one sentence. */
function whyNot(board: Board, said: string): string {
  const [, , from, to, promotion] = LONG_MOVE.exec(said.toLowerCase()) ?? [];
  const mine = NAMES[board.turn()];
  if (from !== undefined) {
    const piece = board.get(from as "e2");
    if (!piece) return `there is no piece on ${from}.`;
    if (piece.color !== board.turn()) {
      return `the ${PIECES[piece.type]} on ${from} is not yours, you have ${mine}.`;
    }
    if (piece.type === "p" && /[18]$/.test(to!) && promotion === undefined) {
      return `a pawn that reaches the last rank becomes a piece: add q, r, b or n, as in ${from}${to}q.`;
    }
  }
  const [, letter] = SHORT_MOVE.exec(said) ?? [];
  const to2 = said.slice(-2);
  if (letter !== undefined) {
    const reach = piecesFrom(board, letter.toLowerCase()).filter((square) =>
      board.moves({ square: square as "e2" }).some((san) => bare(san).endsWith(to2))
    );
    if (reach.length > 1) {
      return `more than one piece can: say which, as in ${letter}${reach[0]}${to2}.`;
    }
  }
  if (board.isCheck()) return `${mine} is in check, and only moves that end the check are legal.`;
  return `no piece of ${mine} may move so. A move is written as in SAN ("Nf3") or UCI ("g1f3").`;
}

// Draws
// -------------------------------------------------------------------------------------------------

function claimDraw(state: State) {
  const reason = claimIn(state);
  if (reason === null) {
    throw new Illegal(
      "A draw can be claimed when the position has been there three times, or after fifty moves " +
        "without a capture or a move of a pawn.",
    );
  }
  state.over = { result: "drawn", text: `A draw, as claimed: ${reason}.` };
}

/** Why the player to move may claim a draw; null without a reason. */
function claimIn(state: State): string | null {
  if (repeated(state) >= 3) return "threefold repetition of the position";
  if (quietPlies(state) >= 100) return "fifty moves without a capture or a move of a pawn";
  return null;
}

function repeated({ seen, fen }: State): number {
  return seen[positionIn(fen)] ?? 0;
}

/** Half moves since the last capture or move of a pawn. */
function quietPlies({ fen }: State): number {
  return Number(fen.split(" ")[4]);
}

function plies({ moves }: State): number {
  return moves === "" ? 0 : moves.split(" ").length;
}

/** What must be equal for a position to be repeated: pieces, turn, castling and en passant. */
function positionIn(fen: string): string {
  return fen.split(" ").slice(0, 4).join(" ");
}

/** Whether a side could checkmate by any series of legal moves, as far as the pieces alone tell (FIDE 6.9). */
function canMate(board: Board, colour: Colour): boolean {
  const pieces = board.board().flat().filter((piece) => piece !== null && piece.type !== "k");
  const own = pieces.filter((piece) => piece!.color === colour).map((piece) => piece!.type);
  const theirs = pieces.filter((piece) => piece!.color !== colour).map((piece) => piece!.type);
  if (own.some((type) => "prq".includes(type))) return true;
  if (own.includes("n")) return own.length > 1 || theirs.some((type) => type !== "q");
  if (!own.includes("b")) return false;
  const bishops = pieces.filter((piece) => piece!.type === "b");
  const shades = new Set(bishops.map((piece) => board.squareColor(piece!.square)));
  return shades.size > 1 || theirs.some((type) => "pn".includes(type));
}

// Positions and records
// -------------------------------------------------------------------------------------------------

function colourToMove(fen: string): Colour {
  return fen.split(" ")[1] as Colour;
}

function colourOf({ players }: State, player: string): Colour {
  return player === players[0] ? "w" : "b";
}

/** Throws for a position from which no game can start. */
function refuseBadStart(fen: string) {
  const wrong = wrongIn(fen);
  if (wrong === null) return;
  throw new Error(
    `fen ${wrong}. Leave it out for the usual start, or pass a whole one, for example ` +
      '"8/8/8/4k3/8/8/4P3/4K3 w - - 0 1"',
  );
}

function wrongIn(fen: string): string | null {
  if (!/^[1-8pnbrqkPNBRQK/]+ [wb] (-|K?Q?k?q?) (-|[a-h][36]) \d{1,2} [1-9]\d{0,2}$/.test(fen)) {
    return "does not have the six fields of FEN in their form";
  }
  let board: Board;
  try {
    board = new Board(fen);
  } catch (error) {
    return `is not valid (${String((error as Error).message).replace(/^Invalid FEN: /, "")})`;
  }
  const [pieces, , castling, passant] = fen.split(" ") as [string, string, string, string];
  if ([/[A-Z]/g, /[a-z]/g].some((side) => pieces.match(side)!.length > 16)) {
    return "has more than sixteen pieces of one side";
  }
  if (["P", "p"].some((pawn) => pieces.split(pawn).length > 9)) {
    return "has more than eight pawns of one side";
  }
  const castles: Record<string, [king: string, rook: string]> = {
    K: ["e1", "h1"],
    Q: ["e1", "a1"],
    k: ["e8", "h8"],
    q: ["e8", "a8"],
  };
  for (const side of castling === "-" ? "" : castling) {
    const colour = side === side.toUpperCase() ? "w" : "b";
    const stand = ["k", "r"].every((type, i) => {
      const piece = board.get(castles[side]![i] as "e1");
      return piece?.type === type && piece.color === colour;
    });
    if (!stand) return `has the castling right ${side}, but king and rook are not at home`;
  }
  if (passant !== "-" && !isPassed(board, passant)) {
    return `names ${passant} for en passant, but no pawn has just passed it`;
  }
  const waiting = board.turn() === "w" ? "b" : "w";
  const king = board.findPiece({ type: "k", color: waiting })[0]!;
  if (board.isAttacked(king, board.turn())) return "has the side in check that is not to move";
  if (board.moves().length === 0) return "is the end of a game: the side to move has no move";
  if (!canMate(board, "w") && !canMate(board, "b")) return "is a draw: neither side can checkmate";
  return null;
}

/** Whether a pawn may have passed a square with its last move. */
function isPassed(board: Board, square: string): boolean {
  const [file, rank] = [square[0]!, Number(square[1])];
  const [from, to] = rank === 6 ? [7, 5] : [2, 4];
  const pawn = board.get(`${file}${to}` as "e4");
  return pawn?.type === "p" && pawn.color !== board.turn() && !board.get(square as "e3") &&
    !board.get(`${file}${from}` as "e2");
}

function pgnOf({ players, start, moves, over }: State): string {
  const result = over === null
    ? "*"
    : over.winner === undefined
    ? "1/2-1/2"
    : over.winner === players[0]
    ? "1-0"
    : "0-1";
  const isUsual = start === new Board().fen();
  const tags = {
    Event: "Chess",
    Site: "?",
    Date: new Date().toISOString().slice(0, 10).replaceAll("-", "."),
    Round: "-",
    White: players[0]!,
    Black: players[1]!,
    Result: result,
    ...!isUsual && { SetUp: "1", FEN: start },
    Termination: over === null ? "abandoned" : over.text,
  };
  const head = Object.entries(tags).map(([name, value]) => `[${name} "${value}"]`).join("\n");
  return `${head}\n\n${wrapped([...numbered(start, moves), result])}\n`;
}

/** Moves with their numbers: 1. e4 e5 2. Nf3. */
function numbered(start: string, moves: string): string[] {
  const first = Number(start.split(" ")[5]);
  const offset = colourToMove(start) === "w" ? 0 : 1;
  return (moves === "" ? [] : moves.split(" ")).flatMap((san, i) => {
    const number = first + Math.floor((i + offset) / 2);
    if ((i + offset) % 2 === 0) return [`${number}.`, san];
    return i === 0 ? [`${number}...`, san] : [san];
  });
}

/** Words in lines of at most 80 characters. */
function wrapped(words: string[]): string {
  let line = "";
  const lines: string[] = [];
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > 80) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}
