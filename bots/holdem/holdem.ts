/**
 * Holdem: no-limit Texas Hold'em for two to six players. All decks of a game are drawn when it starts, and it commits
 * to them before the first move; they are shown when the whole game is over, so that until then nobody learns what
 * was folded.
 *
 * params: chips = 100; blinds [small, big] = [1, 2]; hands = 20 (after them the game ends); players = the invite
 *         slots, 2 to 6; and those of every game.
 * Moves: make_game_move game "holdem", action "fold", "check", "call", "bet" or "raise" (with the chips that the
 *        player then has bet in this round of bets), "all_in" or "concede"; or the texts "fold", "raise to 20" and so
 *        on.
 */
import {
  type Drop,
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type LegalMove,
  type Move,
  type Result,
  shuffled,
} from "lib:game";

/** "As", "Td", "9c": rank and suit. */
type Card = string;

interface Seat {
  player: string;
  /** Without what is in the pot. */
  stack: number;
  /** At the start of the hand. */
  began: number;
  /** Put in since the last card of the board, and since the start of the hand. */
  bet: number;
  put: number;
  cards: Card[];
  inHand: boolean;
  /** What the highest bet was when the player last acted in this round of bets; -1 before that. */
  level: number;
  /** No longer plays: has no chips, or has gone. */
  out: "broke" | "gone" | null;
}

/** What the dealer did since the last move, in order. */
type Told = { event: string } & Record<string, unknown>;

export interface Table {
  seats: Seat[];
  blinds: [small: number, big: number];
  hands: number;
  /** One for each hand, 52 cards in the order of dealing. */
  decks: string[];
  hand: number;
  /** Indexes of seats. */
  button: number;
  small: number;
  big: number;
  turn: number;
  /** Who bet or raised last in this round of bets; -1 for nobody. */
  aggressor: number;
  board: Card[];
  /** The highest bet of this round of bets, and the least by which it may be raised. */
  bet: number;
  raise: number;
  /** Seats that folded, in order. */
  folds: number[];
  /** Who went out, in order; together those who went out in one hand with equal stacks. */
  exits: string[][];
  told: Told[];
  /** The hand before this one. */
  last: LastHand | null;
  over: boolean;
  /** Why the last player went who did; null if none has. */
  gone: { player: string; why: Drop } | null;
}

interface LastHand {
  hand: number;
  board: Card[];
  shown: Record<string, Card[]>;
  won: Record<string, number>;
}

const STREETS = ["before the flop", "flop", "turn", "river"];
const BOARD_OF = [0, 3, 4, 5];

// The value of hands
// -----------------------------------------------------------------------------------------------

const RANKS = "23456789TJQKA";
const RANK_NAMES = [
  ...["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "jack", "queen"],
  ...["king", "ace"],
];
const HIGH = 0, PAIR = 1, PAIRS = 2, THREE = 3, STRAIGHT = 4, FLUSH = 5, FULL = 6, FOUR = 7;
const STRAIGHT_FLUSH = 8;

/** The highest card of a straight in a set of ranks (bit 0 is a two); -1 without one. */
function straightIn(ranks: number): number {
  // An ace is also a one.
  const set = ranks << 1 | ranks >> 12 & 1;
  for (let top = 12; top >= 3; top--) if ((set >> top - 3 & 31) === 31) return top;
  return -1;
}

/** Adds the highest `count` ranks of a set to a score, 4 bits each. */
function withHighest(score: number, ranks: number, count: number): number {
  for (let rank = 12; rank >= 0 && count > 0; rank--) {
    if ((ranks >> rank & 1) === 0) continue;
    score = score << 4 | rank;
    count--;
  }
  return score << 4 * count;
}

/** The value of the best five of five to seven cards: the higher one wins, equal ones tie. 24 bits:
 *  the kind of hand, then the ranks that decide, 4 bits each. */
export function scoreOf(cards: readonly Card[]): number {
  const counts = new Array<number>(13).fill(0);
  const suits: Record<string, number> = { s: 0, h: 0, d: 0, c: 0 };
  let all = 0;
  for (const card of cards) {
    const rank = RANKS.indexOf(card[0]!);
    counts[rank]!++;
    suits[card[1]!]! |= 1 << rank;
    all |= 1 << rank;
  }
  const flush = Object.values(suits).find((ranks) => bits(ranks) >= 5);
  if (flush !== undefined) {
    const top = straightIn(flush);
    if (top >= 0) return (STRAIGHT_FLUSH << 4 | top) << 16;
  }
  const [fours, threes, pairs] = [4, 3, 2].map((count) =>
    counts.reduce((set, each, rank) => each === count ? set | 1 << rank : set, 0)
  ) as [number, number, number];
  if (fours) {
    const rank = highest(fours);
    return withHighest(FOUR << 4 | rank, all & ~(1 << rank), 1) << 12;
  }
  if (threes) {
    const rank = highest(threes);
    const rest = (threes | pairs) & ~(1 << rank);
    if (rest) return (FULL << 8 | rank << 4 | highest(rest)) << 12;
  }
  if (flush !== undefined) return withHighest(FLUSH, flush, 5);
  const top = straightIn(all);
  if (top >= 0) return (STRAIGHT << 4 | top) << 16;
  if (threes) return withHighest(THREE << 4 | highest(threes), all & ~threes, 2) << 8;
  if (pairs) {
    const first = highest(pairs);
    const second = pairs & ~(1 << first);
    if (!second) return withHighest(PAIR << 4 | first, all & ~pairs, 3) << 4;
    const rank = highest(second);
    const rest = all & ~(1 << first) & ~(1 << rank);
    return withHighest(PAIRS << 8 | first << 4 | rank, rest, 1) << 8;
  }
  return withHighest(HIGH, all, 5);
}

function bits(set: number): number {
  let count = 0;
  for (; set; set &= set - 1) count++;
  return count;
}

function highest(set: number): number {
  return 31 - Math.clz32(set);
}

/** "a pair of kings", "a straight to the ten". Fewer than five cards have a name, too. */
export function nameOf(cards: readonly Card[]): string {
  const score = scoreOf(cards);
  const rank = (place: number) => RANK_NAMES[score >> 4 * (4 - place) & 15]!;
  const many = (place: number) => rank(place) === "six" ? "sixes" : `${rank(place)}s`;
  switch (score >> 20) {
    case PAIR:
      return `a pair of ${many(0)}`;
    case PAIRS:
      return `two pairs, ${many(0)} and ${many(1)}`;
    case THREE:
      return `three ${many(0)}`;
    case STRAIGHT:
      return `a straight to the ${rank(0)}`;
    case FLUSH:
      return `a flush, high card ${rank(0)}`;
    case FULL:
      return `a full house, ${many(0)} over ${many(1)}`;
    case FOUR:
      return `four ${many(0)}`;
    case STRAIGHT_FLUSH:
      return `a straight flush to the ${rank(0)}`;
    default:
      return `high card ${rank(0)}`;
  }
}

// A hand, from the blinds to the showdown
// -----------------------------------------------------------------------------------------------

export function newTable(
  players: readonly string[],
  { chips, blinds, hands, decks }: {
    chips: number;
    blinds: [number, number];
    hands: number;
    decks: string[];
  },
): Table {
  const seat = { stack: chips, began: chips, bet: 0, put: 0, inHand: false, level: -1, out: null };
  const table: Table = {
    seats: players.map((player): Seat => ({ player, cards: [], ...seat })),
    blinds,
    hands,
    decks,
    hand: 0,
    button: 0,
    small: 0,
    // The first player has the button in the first hand.
    big: players.length === 2 ? 0 : 1,
    turn: 0,
    aggressor: -1,
    board: [],
    bet: 0,
    raise: 0,
    folds: [],
    exits: [],
    told: [],
    last: null,
    over: false,
    gone: null,
  };
  startHand(table);
  return table;
}

function startHand(table: Table): void {
  const { seats, blinds: [small, big] } = table;
  for (const seat of seats) {
    Object.assign(seat, { began: seat.stack, bet: 0, put: 0, cards: [], level: -1 });
    seat.inHand = seat.out === null;
  }
  const deck = table.decks[table.hand++]!.match(/../g)!;
  // The big blind moves on, so nobody pays it twice in a row; the others follow from it.
  table.big = nextIn(table, table.big, 1);
  table.small = nextIn(table, table.big, -1);
  const count = seats.filter(({ inHand }) => inHand).length;
  table.button = count === 2 ? table.small : nextIn(table, table.small, -1);
  table.board = [];
  table.folds = [];
  table.bet = table.raise = big;
  table.aggressor = -1;
  const paid = [[table.small, small], [table.big, big]].map(([at, blind]) => {
    const seat = seats[at!]!;
    pay(seat, Math.min(seat.stack, blind!));
    return { player: seat.player, chips: seat.bet };
  });
  for (let round = 0; round < 2; round++) {
    for (let i = 0, at = table.button; i < count; i++) {
      at = nextIn(table, at, 1);
      seats[at]!.cards.push(deck.shift()!);
    }
  }
  table.told.push({
    event: "deal",
    hand: table.hand,
    button: seats[table.button]!.player,
    small_blind: paid[0],
    big_blind: paid[1],
  });
  table.turn = nextIn(table, table.big, 1);
}

/** The next seat to the left (1) or right (-1) that plays this hand, folded or not. */
function nextIn({ seats }: Table, from: number, step: 1 | -1): number {
  let at = from;
  do at = (at + step + seats.length) % seats.length; while (!seats[at]!.inHand);
  return at;
}

function pay(seat: Seat, chips: number): void {
  seat.stack -= chips;
  seat.bet += chips;
  seat.put += chips;
}

/** What a seat may do: the chips that a call takes, and from where to where it may raise its bet;
 *  null where it may not. */
export function choices(table: Table, at: number): {
  call: number;
  raise: { min: number; max: number } | null;
} {
  const { seats, bet, raise } = table;
  const seat = seats[at]!;
  const others = seats.filter((other) => other.inHand && other !== seat);
  const answered = others.some(({ stack }) => stack > 0);
  // Against players who are all in, nobody pays more than they can win.
  const level = answered ? bet : Math.min(bet, Math.max(...others.map((other) => other.bet)));
  const call = Math.min(seat.stack, Math.max(0, level - seat.bet));
  // Raises that were too small, by players who went all in, count together.
  const open = seat.level < 0 || bet - seat.level >= raise;
  if (!answered || !open || seat.stack <= call) return { call, raise: null };
  const max = seat.bet + seat.stack;
  return { call, raise: { min: Math.min(bet + raise, max), max } };
}

/** A move of the seat whose turn it is. Throws `Illegal` for one that the rules do not allow. */
export function act(table: Table, action: string, value?: unknown): void {
  const { turn } = table;
  const seat = table.seats[turn]!;
  const { call, raise } = choices(table, turn);
  const { player } = seat;
  if (action === "fold") {
    if (call === 0) {
      throw new Illegal('There is nothing to call, so you need not fold: say "check".');
    }
    fold(table, turn);
    table.told.push({ event: "fold", player });
  } else if (action === "check") {
    if (call > 0) throw new Illegal(`You cannot check: a call takes ${call} chips.`);
    table.told.push({ event: "check", player });
  } else if (action === "call") {
    if (call === 0) throw new Illegal('There is nothing to call: say "check".');
    pay(seat, call);
    table.told.push({ event: "call", player, chips: call, ...allIn(seat) });
  } else if (action === "all_in" && raise === null) {
    if (call < seat.stack) {
      throw new Illegal(
        call > 0
          ? `You may not raise now, and a call takes ${call} chips.`
          : "You may not raise now: nobody else can call.",
      );
    }
    pay(seat, call);
    table.told.push({ event: "call", player, chips: call, ...allIn(seat) });
  } else if (["bet", "raise", "all_in"].includes(action)) {
    raiseTo(table, action === "all_in" ? raise!.max : value);
  } else throw new Illegal('The moves are "fold", "check", "call", "bet", "raise" and "all_in".');
  seat.level = table.bet;
  goOn(table, turn + 1);
}

function raiseTo(table: Table, value: unknown): void {
  const { turn, bet, raise: least } = table;
  const seat = table.seats[turn]!;
  const { call, raise } = choices(table, turn);
  if (raise === null) {
    const why = seat.stack <= call
      ? "a call takes all your chips"
      : seat.level < 0
      ? "nobody else can call"
      : `you have acted, and nobody has raised by ${least} or more since`;
    throw new Illegal(`You may not raise now: ${why}.`);
  }
  const { min, max } = raise;
  const to = wholeIn(value);
  if (to === null || to < min || to > max) {
    throw new Illegal(
      `The value of a raise is what you then have bet in this round of bets: a whole number from ` +
        `${min} to ${max}.`,
    );
  }
  pay(seat, to - seat.bet);
  const event = bet === 0 ? "bet" : "raise";
  table.told.push({ event, player: seat.player, to, ...allIn(seat) });
  if (to - bet >= least) table.raise = to - bet;
  table.bet = to;
  table.aggressor = turn;
}

function allIn({ stack }: Seat) {
  return stack === 0 ? { all_in: true } : {};
}

function fold(table: Table, at: number): void {
  table.seats[at]!.inHand = false;
  table.folds.push(at);
}

/** A player has gone: its hand is folded, and its chips are out of the game. */
export function withdraw(table: Table, player: string, why: Drop): void {
  const at = table.seats.findIndex((seat) => seat.player === player);
  const seat = table.seats[at];
  if (!seat || seat.out || table.over) return;
  if (seat.inHand) fold(table, at);
  seat.out = "gone";
  table.gone = { player, why };
  table.exits.push([player]);
  table.told.push({ event: "gone", player, chips: seat.stack });
  goOn(table, table.turn);
}

/** Gives the turn to the first seat, from one on, that has to act; without any, deals on. */
function goOn(table: Table, from: number): void {
  const { seats } = table;
  for (;;) {
    const left = seats.filter(({ inHand }) => inHand);
    if (left.length > 1) {
      const next = seats.map((_, i) => (from + i) % seats.length).find((at) => mustAct(table, at));
      if (next !== undefined) {
        table.turn = next;
        return;
      }
    }
    if (left.length > 1 && table.board.length < 5) {
      dealBoard(table);
    } else {
      endHand(table);
      if (table.over) return;
      startHand(table);
      from = table.turn;
      continue;
    }
    from = table.button + 1;
  }
}

function mustAct(table: Table, at: number): boolean {
  const { seats, bet } = table;
  const seat = seats[at]!;
  if (!seat.inHand || seat.stack === 0) return false;
  if (seat.level >= 0 && seat.bet >= bet) return false;
  const answered = seats.some((other) => other !== seat && other.inHand && other.stack > 0);
  return answered || choices(table, at).call > 0;
}

function dealBoard(table: Table): void {
  const { board, seats, decks, hand } = table;
  const dealt = 2 * seats.filter(({ cards }) => cards.length > 0).length;
  const deck = decks[hand - 1]!.match(/../g)!;
  const street = BOARD_OF.findIndex((count) => count > board.length);
  table.board = deck.slice(dealt, dealt + BOARD_OF[street]!);
  for (const seat of seats) Object.assign(seat, { bet: 0, level: -1 });
  table.bet = 0;
  table.raise = table.blinds[1];
  table.aggressor = -1;
  table.told.push({ event: STREETS[street]!, board: table.board });
}

interface Pot {
  chips: number;
  /** Seats that may win it. */
  of: number[];
}

/** The pots of a hand, the main one first. Chips that nobody who is left has matched go to the last
 *  who could have won them. */
export function potsOf({ seats, folds }: Pick<Table, "seats" | "folds">): Pot[] {
  const left = seats.flatMap(({ inHand }, at) => inHand ? [at] : []);
  const levels = [...left, ...folds].map((at) => seats[at]!.put).sort((a, b) => a - b);
  const pots: Pot[] = [];
  let under = 0;
  for (const level of levels) {
    if (level === under) continue;
    const chips = seats.reduce(
      (sum, { put }) => sum + Math.min(put, level) - Math.min(put, under),
      0,
    );
    const reach = (at: number) => seats[at]!.put >= level;
    const of = left.filter(reach);
    if (of.length === 0) of.push(folds.findLast(reach)!);
    const before = pots.at(-1);
    if (before && before.of.join() === of.join()) before.chips += chips;
    else pots.push({ chips, of });
    under = level;
  }
  return pots;
}

/** Shows what has to be shown, and pays the pots. */
function endHand(table: Table): void {
  const { seats, board, button } = table;
  giveBack(table);
  const pots = potsOf(table);
  const scores = seats.map(({ cards }) => cards.length > 0 ? scoreOf([...cards, ...board]) : 0);
  const fromLeft = seats.map((_, i) => (button + 1 + i) % seats.length);
  const shown = new Set<number>();
  const left = fromLeft.filter((at) => seats[at]!.inHand);
  if (left.length > 1) {
    const first = Math.max(0, left.indexOf(table.aggressor));
    for (const at of [...left.slice(first), ...left.slice(0, first)]) {
      const { player, cards } = seats[at]!;
      const beats = pots.some(({ of }) =>
        of.length > 1 && of.includes(at) &&
        of.every((other) => !shown.has(other) || scores[other]! <= scores[at]!)
      );
      if (beats) {
        shown.add(at);
        table.told.push({ event: "show", player, cards, holds: nameOf([...cards, ...board]) });
      } else table.told.push({ event: "muck", player });
    }
  }
  const won: Record<string, number> = {};
  for (const [i, { chips, of }] of pots.entries()) {
    const best = Math.max(...of.map((at) => scores[at]!));
    const winners = fromLeft.filter((at) => of.includes(at) && scores[at] === best);
    const share = Math.floor(chips / winners.length);
    // The odd chips go one by one to the winners, from the first one left of the button.
    let odd = chips % winners.length;
    const paid = winners.map((at) => {
      const wins = share + (odd-- > 0 ? 1 : 0);
      const seat = seats[at]!;
      seat.stack += wins;
      won[seat.player] = (won[seat.player] ?? 0) + wins;
      return { player: seat.player, chips: wins };
    });
    table.told.push({ event: i === 0 ? "pot" : "side pot", chips, winners: paid });
  }
  for (const seat of seats) seat.inHand = false;
  const cards = [...shown].map((at) => [seats[at]!.player, seats[at]!.cards]);
  table.last = { hand: table.hand, board, shown: Object.fromEntries(cards), won };
  sendOut(table);
  table.over = table.hand === table.hands || seats.filter(({ out }) => !out).length < 2;
}

/** What nobody has called comes back before the pots are made. */
function giveBack({ seats, told }: Table): void {
  const [most, next] = seats.toSorted((a, b) => b.put - a.put) as [Seat, Seat];
  const chips = most.put - next.put;
  if (chips === 0) return;
  most.put -= chips;
  most.stack += chips;
  told.push({ event: "returned", player: most.player, chips });
}

/** Of those who lose their last chips in one hand, the one that began it with more comes first. */
function sendOut(table: Table): void {
  const broke = table.seats.filter(({ out, stack }) => !out && stack === 0)
    .sort((a, b) => a.began - b.began);
  for (const seat of broke) {
    seat.out = "broke";
    table.told.push({ event: "broke", player: seat.player });
  }
  const groups = Map.groupBy(broke, ({ began }) => began);
  for (const group of groups.values()) table.exits.push(group.map(({ player }) => player));
}

/** Best first: those who are left by their chips, then the others, the last one out first. */
export function rankingOf({ seats, exits }: Table): string[][] {
  const left = seats.filter(({ out }) => !out).sort((a, b) => b.stack - a.stack);
  const groups = [...Map.groupBy(left, ({ stack }) => stack).values()];
  return [...groups.map((group) => group.map(({ player }) => player)), ...exits.toReversed()];
}

/** 42 and "42"; null for 4.2, "4e1" and everything else. */
function wholeIn(value: unknown): number | null {
  if (typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value)) return Number(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

// The referee
// -----------------------------------------------------------------------------------------------

interface Params extends GameParams {
  chips: number;
  blinds: [small: number, big: number];
  hands: number;
}

/** So many events are in one post. */
const EVENTS = 40;

export default class Holdem extends GameReferee<Table, Params> {
  static manifest = {
    summary: "No-limit Texas Hold'em for 2 to 6 players, with side pots and every deck committed",
    moves: {
      game: "holdem",
      aliases: ["poker", "texas holdem", "texas hold'em", "no-limit holdem"],
      actions: {
        fold: { text: "fold" },
        check: { text: "check" },
        call: { text: "call" },
        bet: { value: "<whole number>", text: "bet 10" },
        raise: { value: "<whole number>", text: "raise 20" },
        all_in: { text: "all in" },
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
        chips: {
          type: "integer",
          description: "What each player has at the start, at least the big blind.",
          minimum: 1,
          maximum: 1_000_000,
          default: 100,
        },
        blinds: {
          type: "array",
          description: "The small blind and the big blind.",
          items: { type: "integer", minimum: 1, maximum: 1_000_000 },
          minItems: 2,
          maxItems: 2,
          default: [1, 2],
        },
        hands: {
          type: "integer",
          description: "After so many hands the game ends, and the most chips win.",
          minimum: 1,
          maximum: 100,
          default: 20,
        },
        ...GAME_PARAMS,
      },
    },
    net: [],
  };

  override handBytes = 768;

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { chips, blinds: [small, big] } = params;
    if (small > big) {
      throw new Error("blinds must be a small blind and one at least as big: [1, 2]");
    }
    if (big > chips) throw new Error(`chips must be at least the big blind, ${big}`);
  }

  setup(players: string[]): Table {
    const { chips, blinds, hands } = this.params;
    const cards = [..."shdc"].flatMap((suit) => [...RANKS].map((rank) => rank + suit));
    const decks = Array.from({ length: hands }, () => shuffled(cards).join(""));
    return newTable(players, { chips, blinds, hands, decks });
  }

  override commitment({ decks }: Table) {
    return { decks };
  }

  turn({ seats, turn }: Table): string[] {
    return [seats[turn]!.player];
  }

  play(table: Table, _player: string, { action, value }: Move): void {
    act(table, action, value);
    this.#tell(table);
  }

  override drop(table: Table, player: string, why: Drop): void {
    withdraw(table, player, why);
    this.#tell(table);
  }

  /** Every bet of the hand goes back. */
  override abandon(table: Table): void {
    for (const seat of table.seats) {
      seat.stack += seat.put;
      seat.put = seat.bet = 0;
    }
  }

  result(table: Table): Result | null {
    const { seats, over, hand, gone } = table;
    if (!over) return null;
    const ranking = rankingOf(table);
    const winners = ranking[0]!;
    const scores = Object.fromEntries(seats.map(({ player, stack }) => [player, stack]));
    const [first] = winners;
    const after = `after ${hand} ${hand === 1 ? "hand" : "hands"}`;
    const has = `${scores[first!]} chips ${after}`;
    const isLastOne = seats.filter(({ out }) => !out).length === 1;
    const by = isLastOne && table.exits.at(-1)!.includes(gone?.player ?? "") ? gone : null;
    if (by) {
      const text = `${by.player} is out (${by.why.replace("_", " ")}). ${first} wins with ${has}.`;
      return { result: by.why, winners, ranking, scores, text };
    }
    return winners.length === 1
      ? { result: "won", winners, ranking, scores, text: `${first} wins with ${has}.` }
      : {
        result: "drawn",
        winners,
        ranking,
        scores,
        text: `${winners.join(" and ")} tie: ${has}.`,
      };
  }

  position(table: Table) {
    const { seats, turn, hand, hands, board, blinds, button, bet, last, over } = table;
    return {
      hand,
      hands,
      street: streetOf(table),
      blinds,
      button: seats[button]!.player,
      board,
      pot: potOf(table),
      bet,
      ...!over && { to_call: choices(table, turn).call },
      players: Object.fromEntries(seats.map((seat) => {
        const { player, stack, bet, put } = seat;
        return [player, { chips: stack, bet, in_pot: put, status: statusOf(seat) }];
      })),
      ...last && { last_hand: last },
    };
  }

  picture(table: Table): string {
    const { seats, board, button, hand, hands, blinds, turn, last, over } = table;
    const width = Math.max(...seats.map(({ player }) => player.length));
    const lines = seats.map((seat, at) => {
      const marks = [
        ...at === button ? ["button"] : [],
        ...seat.bet > 0 ? [`bet ${seat.bet}`] : [],
        ...seat.inHand && seat.stack > 0 ? [] : [statusOf(seat)],
      ];
      const name = seat.player.padEnd(width);
      const mark = at === turn && !over ? ">" : " ";
      return `${mark} ${name}  ${String(seat.stack).padStart(7)}  ${marks.join(", ")}`.trimEnd();
    });
    const won = Object.entries(last?.won ?? {}).map(([player, chips]) => `${player} +${chips}`);
    return [
      `Hand ${hand} of ${hands}, ${streetOf(table)}, blinds ${blinds.join("/")}`,
      `Board: ${board.join(" ") || "no cards yet"}   Pot: ${potOf(table)}`,
      ...lines,
      ...last ? [`Hand ${last.hand} won: ${won.join(", ")}`] : [],
    ].join("\n");
  }

  override view(table: Table, viewer?: string): BoardView {
    const { seats, board, button, hand, hands, blinds, last } = table;
    const won = Object.entries(last?.won ?? {}).map(([player, chips]) => `${player} +${chips}`);
    const shown = Object.entries(last?.shown ?? {}).map(([player, cards]) =>
      `${player} showed ${cards.join(" ")}`
    );
    return {
      kind: "cards",
      title: `Hand ${hand} of ${hands}, ${streetOf(table)}, blinds ${blinds.join("/")}`,
      round: hand,
      rows: [
        { label: "board", cells: board, note: `pot ${potOf(table)}` },
        ...seats.map((seat, at) => ({
          label: seat.player,
          cells: !seat.inHand ? [] : seat.player === viewer ? seat.cards : ["??", "??"],
          note: [
            `${seat.stack} chips`,
            ...seat.bet > 0 ? [`bet ${seat.bet}`] : [],
            ...at === button ? ["button"] : [],
            ...seat.inHand && seat.stack > 0 ? [] : [statusOf(seat)],
          ].join(", "),
        })),
      ],
      ...last && { note: [`Hand ${last.hand} won: ${won.join(", ")}`, ...shown].join("; ") },
    };
  }

  legal(table: Table, player: string): LegalMove[] {
    const at = table.seats.findIndex((seat) => seat.player === player);
    const { call, raise } = choices(table, at);
    return [
      { action: call > 0 ? "call" : "check" },
      ...raise ? [{ action: table.bet === 0 ? "bet" : "raise", value: raise.min }] : [],
      ...raise ? [{ action: "all_in" }] : [],
      ...call > 0 ? [{ action: "fold" }] : [],
    ];
  }

  override ranges(table: Table, player: string): Record<string, { min: number; max: number }> {
    const at = table.seats.findIndex((seat) => seat.player === player);
    const { raise } = choices(table, at);
    return raise ? { [table.bet === 0 ? "bet" : "raise"]: raise } : {};
  }

  override hand({ seats, board }: Table, player: string) {
    const { cards } = seats.find((seat) => seat.player === player)!;
    return { cards, holds: nameOf([...cards, ...board]) };
  }

  override read(text: string): Move | null {
    const said = text.toLowerCase().replace(/^(?:i|i'll|i will)\s+/, "").replace(/[.!\s]+$/, "");
    const [, action, value] =
      /^(bet|raise)(?:\s+(?:it\s+)?to)?\s+(\d{1,15})(?:\s+chips)?$/.exec(said) ?? [];
    if (action !== undefined) return { action, value: Number(value) };
    if (/^(?:fold|check|call)$/.test(said)) return { action: said };
    return /^(?:(?:go|am|push)\s+)?(?:all[\s-]?in|shove)$/.test(said) ? { action: "all_in" } : null;
  }

  /** Posts what happened. What the dealer did at the start is told with the first move. */
  #tell(table: Table): void {
    for (const player of table.exits.flat()) this.retire(player);
    for (let at = 0; at < table.told.length; at += EVENTS) {
      const events = table.told.slice(at, at + EVENTS);
      this.say("dealer", { events, text: events.map(inWords).join(" ") });
    }
    table.told = [];
  }
}

function streetOf({ board, over }: Table): string {
  return over ? "over" : STREETS[BOARD_OF.indexOf(board.length)]!;
}

function potOf({ seats }: Table): number {
  return seats.reduce((sum, { put }) => sum + put, 0);
}

function statusOf({ out, inHand, stack }: Seat): string {
  if (out) return out === "gone" ? "out: has gone" : "out: no chips";
  if (!inHand) return "folded";
  return stack === 0 ? "all in" : "in";
}

/** An event in a sentence. */
function inWords({ event, player, chips, to, ...more }: Told): string {
  const cards = (each: unknown) => (each as Card[]).join(" ");
  const all = more.all_in ? " and is all in" : "";
  switch (event) {
    case "deal": {
      const [small, big] = [more.small_blind, more.big_blind] as {
        player: string;
        chips: number;
      }[];
      return `Hand ${more.hand}: ${more.button} has the button, ${small!.player} pays ` +
        `${small!.chips}, ${big!.player} pays ${big!.chips}.`;
    }
    case "fold":
    case "check":
      return `${player} ${event}s.`;
    case "call":
      return `${player} calls with ${chips}${all}.`;
    case "bet":
    case "raise":
      return `${player} ${event}s to ${to}${all}.`;
    case "gone":
      return `${player} is out, and so are its ${chips} chips.`;
    case "returned":
      return `${chips} come back to ${player}.`;
    case "show":
      return `${player} shows ${cards(more.cards)}: ${more.holds}.`;
    case "muck":
      return `${player} shows nothing.`;
    case "broke":
      return `${player} has no chips left.`;
    case "pot":
    case "side pot": {
      const winners = more.winners as { player: string; chips: number }[];
      const won = winners.map((winner) => `${winner.chips} to ${winner.player}`).join(", ");
      return `The ${event} of ${chips}: ${won}.`;
    }
    default:
      return `The ${event}: ${cards(more.board)}.`;
  }
}
