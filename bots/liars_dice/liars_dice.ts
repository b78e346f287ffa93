/**
 * LiarsDice: two to six players roll dice under their cups, and bid how many of one face all of them have together, or
 * challenge the last bid. The bot commits to the dice of each round before the first bid, and opens them after the
 * challenge.
 *
 * params: dice = 5 (of each player); wild = true (ones count as every face); players = the invite slots, 2 to 6; and
 *         those of every game.
 * Moves: make_game_move game "liarsdice", action "bid" with { quantity: 3, face: 5 }, "challenge" or "concede"; or the
 *        texts "bid 3 fives", "challenge" and so on.
 */
import {
  commitTo,
  type Drop,
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type LegalMove,
  type Move,
  randomBelow,
  type Result,
} from "lib:game";

export interface Bid {
  quantity: number;
  face: number;
}

interface Cup {
  player: string;
  /** How many it has; 0 is out of the game. */
  count: number;
  /** Those of this round, lowest first. */
  dice: number[];
}

/** What happened since the last move, in order. */
type Told = { event: string } & Record<string, unknown>;

export interface Table {
  wild: boolean;
  cups: Cup[];
  round: number;
  /** Index of a cup: whose turn it is. */
  turn: number;
  bid: (Bid & { player: string }) | null;
  /** Who went out, in order. */
  exits: string[];
  told: Told[];
  last: LastRound | null;
  over: boolean;
  /** Why the last player went who did; null if none has. */
  gone: { player: string; why: Drop } | null;
}

interface LastRound {
  round: number;
  bid: Bid & { player: string };
  challenger: string;
  dice: Record<string, number[]>;
  count: number;
  loser: string;
}

const FACES = ["", "one", "two", "three", "four", "five", "six"];
/** A fair whole number from 0 to below `below`. */
type Below = (below: number) => number;

export function newTable(
  players: readonly string[],
  { dice, wild }: { dice: number; wild: boolean },
  below: Below,
): Table {
  const table: Table = {
    wild,
    cups: players.map((player) => ({ player, count: dice, dice: [] })),
    round: 0,
    turn: 0,
    bid: null,
    exits: [],
    told: [],
    last: null,
    over: false,
    gone: null,
  };
  roll(table, below);
  return table;
}

function roll(table: Table, below: Below): void {
  table.round++;
  table.bid = null;
  for (const cup of table.cups) {
    cup.dice = Array.from({ length: cup.count }, () => 1 + below(6)).sort();
  }
  const dice = Object.fromEntries(table.cups.map(({ player, count }) => [player, count]));
  const starts = table.cups[table.turn]!.player;
  table.told.push({ event: "round", round: table.round, dice, starts });
}

export function diceOf({ cups }: Table): number {
  return cups.reduce((sum, { count }) => sum + count, 0);
}

/** The lowest face that may be bid: with wild ones, nobody bids on them. */
function lowestFace({ wild }: Table): number {
  return wild ? 2 : 1;
}

/** How many dice have a face. */
export function countOf({ cups, wild }: Table, face: number): number {
  return cups.flatMap(({ dice }) => dice).filter((die) => die === face || wild && die === 1).length;
}

function isHigher(bid: Bid, than: Bid | null): boolean {
  if (than === null) return true;
  return bid.quantity > than.quantity || bid.quantity === than.quantity && bid.face > than.face;
}

/** The next higher bids: those with as many dice, and those with one more. */
export function nextBids(table: Table): Bid[] {
  const { bid } = table;
  const least = bid?.quantity ?? 1;
  const bids: Bid[] = [];
  for (let quantity = least; quantity <= Math.min(least + 1, diceOf(table)); quantity++) {
    for (let face = lowestFace(table); face <= 6; face++) {
      if (isHigher({ quantity, face }, bid)) bids.push({ quantity, face });
    }
  }
  return bids;
}

/** A move of the player who has the turn. Throws `Illegal` for one that the rules do not allow. */
export function act(table: Table, action: string, value: unknown, below: Below): void {
  const { player } = table.cups[table.turn]!;
  if (action === "bid") {
    const bid = rightBid(table, value);
    table.bid = { ...bid, player };
    table.told.push({ event: "bid", player, ...bid });
    table.turn = nextIn(table, table.turn);
  } else if (action === "challenge") challenge(table, player, below);
  else throw new Illegal('The moves are "bid" and "challenge".');
}

function rightBid(table: Table, value: unknown): Bid {
  const { bid, wild } = table;
  const given = bidIn(value);
  const all = diceOf(table);
  if (given === null) {
    throw new Illegal(
      'The value of a bid is { "quantity": 3, "face": 5 }, which means three fives.',
    );
  }
  if (given.face === 1 && wild) {
    throw new Illegal("Ones are wild here and count as every face, so nobody bids on them.");
  }
  if (given.face < 1 || given.face > 6) throw new Illegal(`A face is ${lowestFace(table)} to 6.`);
  if (given.quantity < 1 || given.quantity > all) {
    throw new Illegal(`The quantity is 1 to ${all}, which are all the dice on the table.`);
  }
  if (isHigher(given, bid)) return given;
  throw new Illegal(
    `The bid is ${inWords(bid!)}: bid more dice than ${bid!.quantity} of any face, or as many of ` +
      'a higher face, or say "challenge".',
  );
}

function challenge(table: Table, challenger: string, below: Below): void {
  const { bid, cups } = table;
  if (bid === null) throw new Illegal("There is no bid yet: begin the round with one.");
  const { player: bidder, quantity, face } = bid;
  const count = countOf(table, face);
  const loser = count >= quantity ? challenger : bidder;
  const dice = Object.fromEntries(cups.map((cup) => [cup.player, cup.dice]));
  table.last = { round: table.round, bid, challenger, dice, count, loser };
  table.told.push({ event: "challenge", player: challenger, bid });
  table.told.push({ event: "open", dice, face, count });
  const at = cups.findIndex(({ player }) => player === loser);
  const cup = cups[at]!;
  cup.count--;
  table.told.push({ event: "loses", player: loser, left: cup.count });
  table.turn = at;
  if (cup.count === 0) out(table, at);
  goOn(table, below);
}

function out(table: Table, at: number): void {
  const cup = table.cups[at]!;
  cup.count = 0;
  table.exits.push(cup.player);
  table.told.push({ event: "out", player: cup.player });
  if (table.turn === at && diceOf(table) > 0) table.turn = nextIn(table, at);
}

/** To the next round, or to the end. */
function goOn(table: Table, below: Below): void {
  table.over = table.cups.filter(({ count }) => count > 0).length < 2;
  if (!table.over) roll(table, below);
}

function nextIn({ cups }: Table, from: number): number {
  let at = from;
  do at = (at + 1) % cups.length; while (cups[at]!.count === 0);
  return at;
}

/** A player has gone with its dice: the round is void, and the others roll anew. */
export function withdraw(table: Table, player: string, why: Drop, below: Below): void {
  const at = table.cups.findIndex((cup) => cup.player === player);
  if (table.over || !table.cups[at]?.count) return;
  table.gone = { player, why };
  out(table, at);
  goOn(table, below);
}

/** Best first: who is left, then the others, the last one out first. */
export function rankingOf({ cups, exits }: Table): string[][] {
  const left = cups.filter(({ count }) => count > 0).map(({ player }) => player);
  return [...left.length > 0 ? [left] : [], ...exits.toReversed().map((player) => [player])];
}

/** "three fives", "one six". */
export function inWords({ quantity, face }: Bid): string {
  const name = FACES[face]!;
  return `${quantity} ${quantity === 1 ? name : name === "six" ? "sixes" : `${name}s`}`;
}

/** { quantity: 3, face: 5 }, also with digits in text; null for everything else. */
function bidIn(value: unknown): Bid | null {
  if (typeof value === "string") return bidInText(value);
  if (typeof value !== "object" || value === null) return null;
  const given = value as Record<string, unknown>;
  const [quantity, face] = [wholeIn(given.quantity), wholeIn(given.face)];
  return quantity === null || face === null ? null : { quantity, face };
}

/** "3 fives", "three fives", "3x5", "3 5". */
export function bidInText(text: string): Bid | null {
  const words = /^\s*(\d{1,3}|[a-z]+)\s*(?:x|×|\*|of|dice of|,)?\s*(\d|[a-z]+)\s*$/i.exec(text);
  if (words === null) return null;
  const [quantity, face] = words.slice(1).map((word) => {
    if (/^\d+$/.test(word)) return Number(word);
    return FACES.findIndex((name) =>
      name && [name, `${name}s`, `${name}es`].includes(word.toLowerCase())
    );
  }) as [number, number];
  return quantity < 1 || face < 1 ? null : { quantity, face };
}

/** 42 and "42"; null for 4.2, "4e1" and everything else. */
function wholeIn(value: unknown): number | null {
  if (typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value)) return Number(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

// The referee
// -----------------------------------------------------------------------------------------------

interface Params extends GameParams {
  dice: number;
  wild: boolean;
}

/** The dice of a round, and the commitment to them. */
interface Sealed {
  round: number;
  dice: Record<string, number[]>;
  salt: string;
  commit: string;
}

interface State extends Table {
  /** The round whose dice are still hidden. */
  sealed: Sealed | null;
}

export default class LiarsDice extends GameReferee<State, Params> {
  static manifest = {
    summary: "Liar's Dice for 2 to 6 players: bid on hidden dice, or challenge the last bid",
    moves: {
      game: "liarsdice",
      aliases: ["liars dice", "liar's dice", "perudo", "dudo"],
      actions: {
        bid: {
          value: {
            type: "object",
            properties: { quantity: { type: "integer" }, face: { type: "integer" } },
          },
        },
        challenge: { text: "challenge" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        players: {
          type: "integer",
          description: "How many play: 2 to 6.",
          minimum: 2,
          maximum: 6,
        },
        dice: {
          type: "integer",
          description: "How many dice each player has at the start.",
          minimum: 1,
          maximum: 6,
          default: 5,
        },
        wild: {
          type: "boolean",
          description: "Ones count as every face, and nobody bids on them.",
          default: true,
        },
        ...GAME_PARAMS,
      },
    },
    net: [],
  };

  override handBytes = 1024;

  async setup(players: string[]): Promise<State> {
    const { dice, wild } = this.params;
    const state: State = { ...newTable(players, { dice, wild }, randomBelow), sealed: null };
    await this.#seal(state);
    return state;
  }

  turn({ cups, turn }: State): string[] {
    return [cups[turn]!.player];
  }

  async play(state: State, _player: string, { action, value }: Move): Promise<void> {
    act(state, action, value, randomBelow);
    await this.#tell(state);
  }

  override async drop(state: State, player: string, why: Drop): Promise<void> {
    withdraw(state, player, why, randomBelow);
    await this.#tell(state);
  }

  result(state: State): Result | null {
    const { over, gone, exits } = state;
    if (!over) return null;
    const ranking = rankingOf(state);
    const winners = ranking[0]!;
    const [first] = winners;
    const by = exits.at(-1) === gone?.player ? gone : null;
    const text = by
      ? `${by.player} is out (${by.why.replace("_", " ")}). ${first} wins.`
      : `${first} is the last one with dice, and wins.`;
    return { result: by?.why ?? "won", winners, ranking, text };
  }

  position(state: State) {
    const { cups, round, bid, wild, last } = state;
    return {
      round,
      dice: Object.fromEntries(cups.map(({ player, count }) => [player, count])),
      all_dice: diceOf(state),
      wild_ones: wild,
      bid,
      higher: bid
        ? `more than ${bid.quantity} of any face, or ${bid.quantity} of a face above ${bid.face}`
        : `any quantity of a face from ${lowestFace(state)} to 6`,
      ...last && { last_round: last },
    };
  }

  picture({ cups, round, bid, turn, last, over }: State): string {
    const width = Math.max(...cups.map(({ player }) => player.length));
    const lines = cups.map(({ player, count }, at) => {
      const mark = at === turn && !over ? ">" : " ";
      const says = bid?.player === player ? `  bids ${inWords(bid)}` : "";
      return `${mark} ${player.padEnd(width)}  ${"[?]".repeat(count) || "out"}${says}`;
    });
    return [
      `Round ${round}, ${bid ? `the bid is ${inWords(bid)}` : "no bid yet"}`,
      ...lines,
      ...last
        ? [
          `Round ${last.round}: ${last.bid.player} bid ${inWords(last.bid)}, ${last.challenger} ` +
          `challenged, there were ${last.count}: ${last.loser} lost a die`,
          `It was: ${openedDice(last)}`,
        ]
        : [],
    ].join("\n");
  }

  override view({ cups, round, bid, last }: State, viewer?: string): BoardView {
    return {
      kind: "cards",
      title: `Round ${round}, ${bid ? `the bid is ${inWords(bid)}` : "no bid yet"}`,
      round,
      rows: cups.map(({ player, count, dice }) => {
        const says = bid?.player === player ? `bids ${inWords(bid)}` : "";
        return {
          label: player,
          cells: player === viewer ? dice.map(String) : Array<string>(count).fill("?"),
          note: count === 0 ? "out" : says,
        };
      }),
      ...last && {
        note: `Round ${last.round}: ${last.bid.player} bid ${inWords(last.bid)}, ` +
          `${last.challenger} challenged, there were ${last.count}: ${last.loser} lost a die\n` +
          `It was: ${openedDice(last)}`,
      },
    };
  }

  legal(state: State): LegalMove[] {
    const bids = nextBids(state).map((bid): LegalMove => ({ action: "bid", value: { ...bid } }));
    return [...bids, ...state.bid ? [{ action: "challenge" }] : []];
  }

  override hand({ cups }: State, player: string) {
    return { own_dice: cups.find((cup) => cup.player === player)!.dice };
  }

  override reveal({ sealed }: State) {
    return sealed ? opened(sealed) : {};
  }

  override read(text: string): Move | null {
    const said = text.toLowerCase().replace(/[.!?\s]+$/, "");
    if (
      /^(?:i |i'll )?(?:challenge|call|liar|dudo|doubt)(?: it| you| that| the bid)?$/.test(said)
    ) {
      return { action: "challenge" };
    }
    const bid = bidInText(said.replace(/^(?:i |i'll )?(?:bid|say)?[\s:]+/, ""));
    return bid ? { action: "bid", value: bid } : null;
  }

  /** Posts what happened; opens the dice of a round that is over, and commits to the next ones. */
  async #tell(state: State): Promise<void> {
    const { told, sealed } = state;
    for (const player of state.exits) this.retire(player);
    this.say("table", { events: told, text: told.map(eventInWords).join(" ") });
    state.told = [];
    if (!sealed || sealed.round === state.round && !state.over) return;
    this.ctx.post("control", { type: "bot:reveal", ...opened(sealed) });
    state.sealed = null;
    if (!state.over) await this.#seal(state);
  }

  async #seal(state: State): Promise<void> {
    const { round, cups } = state;
    const dice = Object.fromEntries(cups.map((cup) => [cup.player, cup.dice]));
    state.sealed = { round, dice, ...await commitTo({ dice, round }) };
    this.ctx.post("control", {
      type: "bot:commit",
      round,
      commit: state.sealed.commit,
      ...round === 1 && {
        message: "commit = sha256(secret as JSON with sorted keys + salt); both are revealed " +
          "when the round is over",
      },
    });
  }
}

function openedDice({ dice }: LastRound): string {
  return Object.entries(dice).filter(([, each]) => each.length > 0)
    .map(([player, each]) => `${player} ${each.join(" ")}`).join("; ");
}

function opened({ round, dice, salt, commit }: Sealed) {
  return { round, secret: { dice, round }, salt, commit };
}

/** An event in a sentence. */
function eventInWords({ event, player, ...more }: Told): string {
  switch (event) {
    case "bid":
      return `${player} bids ${inWords(more as unknown as Bid)}.`;
    case "challenge":
      return `${player} challenges.`;
    case "open": {
      const cups = Object.entries(more.dice as Record<string, number[]>)
        .filter(([, dice]) => dice.length > 0);
      const shown = cups.map(([each, dice]) => `${each} ${dice.join(" ")}`).join("; ");
      return `The dice: ${shown}. That counts ${more.count}.`;
    }
    case "loses":
      return `${player} loses a die and has ${more.left}.`;
    case "out":
      return `${player} is out.`;
    default:
      return `Round ${more.round}: ${more.starts} begins.`;
  }
}
