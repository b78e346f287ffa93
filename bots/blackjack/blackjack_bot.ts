/**
 * BlackjackBot: a dealer for one to seven players. Before each round it commits to a freshly
 * shuffled shoe, commit = sha256(deck + salt), and after the round it reveals both. Cards leave the
 * shoe from the left only.
 *
 * params: decks = 6; seats = 7; players = the invite slots (for how many the first round waits);
 *         rounds = 0 (no end); betting = true; chips = 100 (what a player starts with); min_bet = 1.
 * Moves: make_game_move game "blackjack", action "bet" (with a value), "deal", "hit", "stand",
 *        "double", "split" or "end"; or the texts "bet 10", "deal", "hit" and so on.
 */

import { type Clock, GAME_PARAMS, GameClock, sha256Hex, shuffled, type Times } from "lib:game";

interface Seat {
  player: string;
  name: string;
  /** Without the bets. At a table without betting this is the score, and may be below zero. */
  chips: number;
  /** The bet for the next round; 0 is none. */
  bet: number;
  /** Has said "end": plays no further round until the next bet, or without bets the next "deal". */
  out: boolean;
}

interface Hand {
  player: string;
  name: string;
  cards: string[];
  bet: number;
  /** Made by a split: its 21 is no blackjack. */
  split: boolean;
  done: boolean;
  /** Its player has gone: of its own will, or removed by an admin, and then the bet comes back. */
  gone: "forfeit" | "void" | null;
}

interface State {
  phase: "betting" | "playing" | "ended";
  round: number;
  /** The shoe in the order in which it is dealt, "AS TD 5C ...". */
  deck: string;
  salt: string;
  commit: string;
  dealt: number;
  seats: Seat[];
  hands: Hand[];
  dealer: string[];
  /** Whose turn it is: an index into hands. */
  turn: number;
  /** The entry that gave the present turn: later posts announce it. */
  since: number;
  time: Times;
}

const EMPTY_TABLE: State = {
  phase: "betting",
  round: 0,
  deck: "",
  salt: "",
  commit: "",
  dealt: 0,
  seats: [],
  hands: [],
  dealer: [],
  turn: 0,
  since: 0,
  time: { since: {}, left: {} },
};

/** The operations of members that concern a game. */
const APPLIED = ["claim_applied", "pause_bot_applied", "resume_bot_applied"];
/** So many of one player: more than one after a split. */
const MAX_HANDS = 4;
/** So many players has a board at most between rounds. */
const MOST_ROWS = 31;
/** What comes back for each chip of a bet. */
const PAYS = { blackjack: 2.5, win: 2, push: 1, lose: 0, bust: 0, forfeit: 0, void: 1 };

/** The moves, and other words for them. A text is a move if it is one of these words, or "bet" and a
 *  number, apart from words of courtesy around it. */
const WORDS: Record<string, string> = {
  bet: "bet|wager|stake",
  deal: "deal|deal cards|deal the cards|start",
  hit: "hit|hit me|hit me again|card|draw|draw a card|take a card|another card|one more",
  stand: "stand|standing|stay|stick|hold|pass|stand pat|no more|no more cards",
  double: "double|double down|doubledown",
  split: "split|split them|split the pair",
  end: "end|end game|end the game|quit|leave table|leave the table|cash out",
};
const ACTION_OF = new Map(
  Object.entries(WORDS).flatMap(([action, words]) => words.split("|").map((w) => [w, action])),
);
/** Words of moves that this table does not know, and words that may mean several. */
const NO_MOVES = /^(?:all in|call|check|even money|fold|insurance|raise|skip|stop|surrender)$/;
const COURTESY_BEFORE =
  /^(?:ok(?:ay)?|yes|please|now|so|i|i'd like to|i would like to|i'll|i will|i want to|i choose to|i'm going to|let me|let's|my move is|move|dealer|game|blackjack)[\s,:]+/;
const COURTESY_AFTER = /[\s,]+(?:please|now|then|thanks|thank you|chips?|dealer)$/;
const HOW = 'make_game_move game "blackjack", action "bet" with the chips as value, or "deal", ' +
  '"hit", "stand", "double", "split" or "end"';

const WHY = {
  BAD_MOVE: "That is not possible now.",
  BAD_TURN: "It is not your turn.",
  LATE: "The move answers an earlier turn than the present one, so it does not count.",
  NOT_AT_TABLE: "You have no seat at the table, which is full.",
};

/** Without `players`, the server passes the number of invite slots. */
const PARAMS = {
  type: "object",
  properties: {
    decks: { type: "integer", minimum: 1, maximum: 8, default: 6 },
    seats: { type: "integer", minimum: 1, maximum: 7, default: 7 },
    players: { type: "integer", minimum: 1, maximum: 7 },
    rounds: { type: "integer", minimum: 0, maximum: 1000, default: 0 },
    betting: { type: "boolean", default: true },
    chips: { type: "integer", minimum: 1, maximum: 1_000_000, default: 100 },
    min_bet: { type: "integer", minimum: 1, maximum: 1_000_000, default: 1 },
    clock: GAME_PARAMS.clock,
  },
};

export default class BlackjackBot {
  static manifest = {
    summary: "Dealer of blackjack for 1 to 7 players, with commit and reveal of every shoe",
    emits: ["rules", "bot:commit", "deal", "bot:turn", "card", "split", "dealer", "round_end"],
    params: PARAMS,
    moves: {
      game: "blackjack",
      aliases: ["blackjackbot", "21"],
      actions: {
        bet: { value: "<whole number>", text: "bet 10" },
        deal: { text: "deal" },
        hit: { text: "hit" },
        stand: { text: "stand" },
        double: { text: "double" },
        split: { text: "split" },
        end: { text: "end" },
      },
    },
    net: [],
  };

  #seats: number;
  #decks: number;
  #players: number;
  #rounds: number;
  #betting: boolean;
  #chips: number;
  #minBet: number;
  #state: State;
  #clock: GameClock;
  /** The entry that gave the turn before this hook. */
  #since: number;
  /** The message that called this hook; the last turn's, where none did. */
  #entry: number;
  #posts: { kind: "bot" | "control"; body: Record<string, unknown> }[] = [];
  /** The board of a round that has ended in this hook. */
  #played: BoardView | null = null;

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    const { seats, decks, players, rounds, chips, min_bet, betting = true } = params;
    if (typeof betting !== "boolean") throw new Error("betting must be true or false");
    this.#seats = param("seats", seats, 1, 7, 7);
    // Enough for any round: a hand ends at 30 points at most, the dealer at 26, and a deck has 340.
    const enough = Math.ceil((this.#seats * MAX_HANDS * 30 + 26) / 340);
    this.#decks = Math.max(enough, param("decks", decks, 1, 8, 6));
    this.#players = param("players", players, 1, this.#seats, 1);
    this.#rounds = param("rounds", rounds, 0, 1_000, 0);
    this.#betting = betting;
    this.#chips = betting ? param("chips", chips, 1, 1_000_000, 100) : 0;
    this.#minBet = betting ? param("min_bet", min_bet, 1, this.#chips, 1) : 0;
    this.#state = ctx.get_state() as State | null ?? structuredClone(EMPTY_TABLE);
    this.#entry = this.#since = this.#state.since;
    this.#clock = new GameClock(ctx, params.clock as Clock | undefined, this.#state.time);
  }

  async on_init() {
    const players = this.ctx.players().map(({ player_id }) => this.#sit(player_id));
    this.#say("bot", {
      type: "rules",
      text:
        `Blackjack with ${this.#decks} decks, shuffled anew for each round. Come closer to 21 than the dealer, ` +
        "not over it. The dealer stands on all 17, soft 17 too, draws only if there is a hand to beat, and with a " +
        "blackjack ends the round at once. A blackjack pays 3:2, other wins 1:1, a tie gives the bet back. Double: " +
        "with two cards, for exactly one more. Split: two cards of equal value, up to " +
        `${MAX_HANDS} hands; split aces get one card each. No insurance, no surrender. ` +
        "Whoever joins during a round plays from the next; whoever leaves forfeits the bet; whoever says " +
        '"end" plays no further round until the next bet. The game ends when everyone has said it or ' +
        `is out of chips${this.#rounds ? `, or after ${this.#rounds} rounds` : ""}. ` +
        (this.#betting
          ? `You start with ${this.#chips} chips and bet whole ones, at least ${this.#minBet}.`
          : "No bets: a hand is worth 1 point, and chips are the score."),
      game: "blackjack",
      moves: `${HOW}; or say "bet 10", "deal", "hit" and so on`,
      dealing:
        "One card to each player in turn, one to the dealer face up, a second one to each player, " +
        "then the dealer's hole card; afterwards to whoever takes one.",
      players,
    });
    await this.#shuffle();
    this.#tellOthers(players.slice(this.#seats).map(({ player }) => player));
    this.#finish();
  }

  on_join(player_id: string) {
    if (this.#state.phase === "ended") return;
    const seat = this.#sit(player_id);
    this.#say("bot", { type: "player_joined", ...seat });
    if (!this.#seated().includes(seat)) this.#tellOthers([player_id]);
    this.#finish();
  }

  /** Players for whom there is no room at the table. */
  #tellOthers(players: string[]) {
    if (players.length === 0) return;
    const text = `${players.join(", ")}: the table is full, and you watch until a seat is free.`;
    this.#say("bot", { type: "not_playing", players, text });
  }

  async on_leave(player_id: string, reason: "left" | "removed" | "banned" = "left") {
    const state = this.#state;
    const seat = state.seats.find(({ player }) => player === player_id);
    if (!seat || state.phase === "ended") return;
    state.seats = state.seats.filter((other) => other !== seat);
    for (const hand of state.hands) {
      if (hand.player !== player_id) continue;
      hand.gone = reason === "left" ? "forfeit" : "void";
      hand.done = true;
    }
    this.#say("bot", { type: "player_left", player: player_id, name: seat.name, reason });
    if (state.phase === "betting") await this.#goOnBetting();
    else if (state.hands[state.turn]!.done) await this.#goOn();
    this.#finish();
  }

  async on_timer() {
    if (this.#state.phase === "ended") return;
    if (this.#clock.begin()) return this.ctx.set_state(this.#state);
    await this.#goOnWithout(this.#clock.late());
    this.#finish();
  }

  /** Whoever does not bet in time plays no further round, and a hand without a move stands. */
  async #goOnWithout(late: string[]) {
    for (const player of late) {
      const seat = this.#state.seats.find((each) => each.player === player);
      if (!seat || this.#state.phase === "ended" || !this.#mayAct(seat)) continue;
      this.#say("bot", { type: "time_up", player, name: seat.name });
      delete this.#state.time.since[player];
      if (this.#state.phase === "betting") await this.#endFor(seat);
      else await this.#play(seat, "stand");
    }
  }

  /** A player claims a game that others have left alone: the server has checked for how long. */
  async #hear({ id, ts, body: { type, op } }: Message) {
    const claimant = (op as { player_id?: unknown } | undefined)?.player_id;
    const { time: { since }, seats } = this.#state;
    const isPlayer = seats.some(({ player }) => player === claimant);
    if (type === "claim_applied" && isPlayer && !(String(claimant) in since)) {
      this.#entry = id;
      await this.#goOnWithout(Object.keys(since));
    }
    if (this.#clock.hear(type, Date.parse(ts))) this.#say("bot", { type: "resumed" });
    this.#finish();
  }

  async on_message(msg: Message) {
    if (this.#state.phase === "ended") return;
    if (msg.sender === "system" && APPLIED.includes(String(msg.body.type))) {
      return await this.#hear(msg);
    }
    const seat = this.#state.seats.find(({ player }) => player === msg.sender);
    if (msg.kind !== "user" || !seat) return;
    const move = moveOf(msg.body, this.#mayAct(seat));
    if (!move) return;
    this.#entry = msg.id;
    const late = this.#clock.late();
    await this.#goOnWithout(late);
    // What comes after the time is no move.
    if (!late.includes(seat.player)) await this.#act(seat, move);
    this.#finish();
  }

  async #act(seat: Seat, { action, value, answers }: Move) {
    const allowed = this.#allowed(seat);
    const { since } = this.#state;
    if (isLate(answers, since)) this.#refuse(seat, allowed, "LATE");
    else if (action === "end") await this.#endFor(seat);
    else if (!allowed.includes(action)) this.#refuse(seat, allowed);
    else if (action === "bet") await this.#bet(seat, value);
    else if (action !== "deal") await this.#play(seat, action);
    else {
      seat.out = false;
      // Whoever has not bet sits this round out.
      await this.#deal(this.#seated().filter((other) => this.#isIn(other)));
    }
  }

  #sit(player: string): Seat {
    const { display_name } = this.ctx.players().find((p) => p.player_id === player) ??
      { display_name: player };
    // Short, so that a post has room for everyone's, and in one line.
    const name = [...display_name.replace(/\p{C}+/gu, " ")].slice(0, 20).join("");
    const seat = { player, name, chips: this.#chips, bet: 0, out: false };
    this.#state.seats.push(seat);
    return seat;
  }

  /** Whoever may play the next round: the first who can pay for it and have not said "end". */
  #seated(): Seat[] {
    return this.#state.seats.filter((seat) => !seat.out && !this.#isBroke(seat))
      .slice(0, this.#seats);
  }

  #isBroke({ chips, bet }: Seat): boolean {
    return this.#betting && chips + bet < this.#minBet;
  }

  /** Whether the table waits for a player: for a bet, or without bets for a "deal", or for the
   *  move of a hand. */
  #mayAct(seat: Seat): boolean {
    if (this.#state.phase !== "betting") return this.#allowed(seat).length > 0;
    return this.#seated().includes(seat) && (this.#betting ? seat.bet === 0 : this.#mayDeal(seat));
  }

  /** The first round waits for its players, but two of them need not wait for a third. */
  #mayDeal(seat: Seat): boolean {
    const least = this.#state.round > 1 ? 1 : Math.min(this.#players, 2);
    return this.#isIn(seat) && this.#seated().length >= least;
  }

  #isIn(seat: Seat): boolean {
    return seat.bet > 0 || !this.#betting;
  }

  /** What a player may do now. */
  #allowed(seat: Seat): string[] {
    const { phase, hands, turn } = this.#state;
    if (phase === "betting") {
      // A seat that has said "end" may come back while there is room.
      const table = seat.out ? [...this.#seated().slice(0, this.#seats - 1), seat] : this.#seated();
      if (!table.includes(seat) || this.#isBroke(seat)) return [];
      const deals = this.#mayDeal(seat);
      return [...(this.#betting ? ["bet"] : []), ...(deals ? ["deal"] : [])];
    }
    const hand = hands[turn];
    if (phase === "ended" || hand?.player !== seat.player) return [];
    const [a, b, third] = hand.cards;
    const pays = third === undefined && (seat.chips >= hand.bet || !this.#betting);
    const splits = pays && points(a!) === points(b!) &&
      hands.filter(({ player }) => player === seat.player).length < MAX_HANDS;
    return ["hit", "stand", ...(pays ? ["double"] : []), ...(splits ? ["split"] : [])];
  }

  #refuse(seat: Seat, allowed: string[], why?: keyof typeof WHY, details?: string) {
    const { player, name } = seat;
    const idle = this.#state.phase === "playing" ? "BAD_TURN" : "NOT_AT_TABLE";
    const reason = why ?? (allowed.length > 0 ? "BAD_MOVE" : idle);
    details ??= this.#isBroke(seat) && reason === "NOT_AT_TABLE"
      ? `You have ${seat.chips} chips, and the lowest bet is ${this.#minBet}: you are out of the game.`
      : WHY[reason];
    const how = allowed.length === 0
      ? ""
      : ` Now you may ${
        allowed.map((action) => action === "bet" ? 'bet, as in "bet 10"' : action).join(" or ")
      }: ${HOW}.`;
    details += how;
    this.#say("control", { type: "violation", player, name, reason, details, allowed });
  }

  /** Notes that a player wants no further round. A hand that is being played goes on. */
  async #endFor(seat: Seat) {
    seat.out = true;
    seat.chips += seat.bet;
    seat.bet = 0;
    const { player, name, chips } = seat;
    const others = this.#seated().map((other) => other.player);
    this.#say("bot", { type: "end_asked", player, name, chips, others });
    if (this.#state.phase === "betting") await this.#goOnBetting();
  }

  /** After a player has gone or wants to: the others need not wait for that bet. */
  async #goOnBetting() {
    if (this.#seated().length > 0) await this.#dealIfAllBet();
    else if (this.#state.seats.length > 0 || this.#state.round > 1) this.#endOfPlayers();
  }

  /** Ends the game when nobody is left who can and wants to play. */
  #endOfPlayers() {
    const { seats } = this.#state;
    if (seats.length === 0) this.#end("everyone has left");
    else this.#end(seats.some(({ out }) => out) ? "the players ended it" : "every player is broke");
  }

  #end(reason: string) {
    const { phase, seats, round } = this.#state;
    const rounds = phase === "betting" ? round - 1 : round;
    const chips = seats.map(({ player, name, chips }) => ({ player, name, chips }));
    this.#state.phase = "ended";
    this.#say("bot", { type: "game_end", rounds, reason, chips });
    const isBroke = seats.length > 0 && seats.every((seat) => this.#isBroke(seat));
    const ranking = byChips(seats);
    this.ctx.end({
      rounds,
      chips,
      result: isBroke ? "broke" : "finished",
      winners: ranking.length > 1 ? ranking[0] : [],
      ...ranking.length > 0 && { ranking },
    });
  }

  async #shuffle() {
    const state = this.#state;
    state.phase = "betting";
    state.since = this.#entry;
    state.round++;
    state.dealt = state.turn = 0;
    state.hands = [];
    state.dealer = [];
    state.deck = shuffledShoe(this.#decks).join(" ");
    state.salt = hex(crypto.getRandomValues(new Uint8Array(32)));
    state.commit = await sha256Hex(state.deck + state.salt);
    this.#say("control", {
      type: "bot:commit",
      commit: state.commit,
      // Once is enough.
      ...state.round === 1 && {
        message: "commit = sha256(deck + salt); both are revealed after the round",
      },
    });
  }

  async #bet(seat: Seat, value: unknown) {
    const has = seat.chips + seat.bet;
    const bet = wholeWithin(value, this.#minBet, has);
    if (bet === null) {
      const range = `a whole number in digits, from ${this.#minBet} to ${Math.floor(has)}`;
      return this.#refuse(seat, this.#allowed(seat), "BAD_MOVE", `The value of a bet is ${range}.`);
    }
    seat.out = false;
    seat.bet = bet;
    seat.chips = has - bet;
    const { player, name, chips } = seat;
    this.#say("bot", { type: "bet", player, name, chips, bet });
    await this.#dealIfAllBet();
  }

  async #dealIfAllBet() {
    const seated = this.#seated();
    // Those who have said "end", or had no time left, have come all the same.
    const enough = this.#state.round > 1 || this.#state.seats.length >= this.#players;
    if (!this.#betting || !enough) return;
    if (seated.length > 0 && seated.every(({ bet }) => bet > 0)) await this.#deal(seated);
  }

  async #deal(seats: Seat[]) {
    const state = this.#state;
    state.phase = "playing";
    state.hands = seats.map((seat): Hand => {
      const { player, name, bet } = seat;
      if (!this.#betting) seat.chips--;
      seat.bet = 0;
      return { player, name, cards: [], bet: bet || 1, split: false, done: false, gone: null };
    });
    for (let i = 0; i < 2; i++) {
      for (const { cards } of [...state.hands, { cards: state.dealer }]) cards.push(this.#draw());
    }
    // Looked at in secret: a hole card under another card than an ace or a ten makes no blackjack.
    const over = isBlackjack(state.dealer);
    for (const hand of state.hands) hand.done = over || isBlackjack(hand.cards);
    const hands = state.hands.map((hand) => this.#shown(hand));
    this.#say("bot", { type: "deal", hands, dealer: [state.dealer[0]!, "??"] });
    await this.#goOn();
  }

  async #play(seat: Seat, action: string) {
    const { hands, turn } = this.#state;
    const hand = hands[turn]!;
    if (action === "split" || action === "double") seat.chips -= hand.bet;
    if (action === "split") this.#split(hand);
    else {
      if (action === "double") hand.bet *= 2;
      const card = action === "stand" ? undefined : this.#draw();
      if (card !== undefined) hand.cards.push(card);
      hand.done = action !== "hit" || total(hand.cards) >= 21;
      this.#say("bot", { type: "card", action, card, ...this.#shown(hand) });
    }
    await this.#goOn();
  }

  /** The two hands get a card each, the first one first, and are played in this order. */
  #split(hand: Hand) {
    const { hands, turn } = this.#state;
    hand.split = true;
    const halves = [hand, { ...hand, cards: [hand.cards.pop()!] }];
    hands.splice(turn, 1, ...halves);
    for (const half of halves) {
      half.cards.push(this.#draw());
      half.done = half.cards[0]![0] === "A" || total(half.cards) === 21;
    }
    const { player, name } = hand;
    this.#say("bot", { type: "split", player, name, hands: halves.map((h) => this.#shown(h)) });
  }

  /** To the next hand that can act; after the last one the dealer plays. */
  async #goOn() {
    const { hands } = this.#state;
    const next = hands.findIndex(({ done }) => !done);
    if (next < 0) return await this.#settle();
    this.#state.turn = next;
    this.#state.since = this.#entry;
    const hand = hands[next]!;
    const seat = this.#state.seats.find(({ player }) => player === hand.player)!;
    this.#say("control", {
      type: "bot:turn",
      ...this.#shown(hand),
      game: "blackjack",
      ...this.#help([seat]),
    });
  }

  async #settle() {
    const { hands, dealer, seats, round, deck, salt, commit } = this.#state;
    const toBeat = hands.some((h) => !h.gone && total(h.cards) <= 21 && !isNatural(h));
    while (toBeat && total(dealer) < 17) dealer.push(this.#draw());
    const blackjack = isBlackjack(dealer);
    this.#say("bot", { type: "dealer", cards: dealer, total: total(dealer), blackjack });
    const results = hands.map((hand) => {
      const result = resultOf(hand, dealer);
      const paid = hand.bet * PAYS[result];
      const seat = seats.find(({ player }) => player === hand.player);
      if (seat) seat.chips += paid;
      return { ...this.#shown(hand), result, paid };
    });
    const chips = seats.map(({ player, name, chips }) => ({ player, name, chips }));
    this.#played = {
      kind: "cards",
      title: `Round ${round} is over`,
      rows: [
        { label: "dealer", cells: [...dealer], note: `${total(dealer)}` },
        ...results.map(({ player, cards, total, result, paid }) => ({
          label: player,
          cells: [...cards],
          note: `${total}, ${result}, paid ${paid}`,
        })),
      ],
    };
    this.#say("bot", { type: "round_end", results, chips });
    const broke = seats.filter((seat) =>
      this.#isBroke(seat) && hands.some(({ player }) => player === seat.player)
    );
    if (broke.length > 0) {
      const players = broke.map(({ player, name, chips }) => ({ player, name, chips }));
      const who = broke.map(({ player }) => player).join(", ");
      const text = `${who}: fewer chips than the lowest bet, ${this.#minBet}. Out of the game.`;
      this.#say("bot", { type: "broke", players, text });
    }
    const verified = await sha256Hex(deck + salt) === commit;
    this.#say("control", {
      type: "bot:reveal",
      deck,
      salt,
      commit,
      verified,
      dealt: this.#state.dealt,
    });
    if (round === this.#rounds) return this.#end("the last round is over");
    if (this.#seated().length === 0) return this.#endOfPlayers();
    await this.#shuffle();
  }

  #draw(): string {
    const at = 3 * this.#state.dealt++;
    return this.#state.deck.slice(at, at + 2);
  }

  #shown(hand: Hand) {
    const { player, name, cards, bet, done } = hand;
    const own = this.#state.hands.filter((other) => other.player === player);
    return { player, name, hand: own.indexOf(hand) + 1, cards, total: total(cards), bet, done };
  }

  #say(kind: "bot" | "control", body: Record<string, unknown>) {
    // As it is now: cards come to a hand later in the same hook.
    this.#posts.push({ kind, body: structuredClone({ ...body, round: this.#state.round }) });
  }

  /** Starts the time of those for whom the table now waits. */
  #giveTime() {
    const { phase, round, since, seats, time } = this.#state;
    const isWaiting = phase === "betting" && round === 1 && this.#seated().length < this.#players;
    const waited = isWaiting || phase === "ended"
      ? []
      : seats.filter((seat) => this.#mayAct(seat)).map(({ player }) => player);
    for (const player of waited.filter((each) => !(each in time.left))) this.#clock.start([player]);
    const kept = since === this.#since ? waited.filter((player) => player in time.since) : [];
    for (const player of Object.keys(time.since)) {
      if (!kept.includes(player)) this.#clock.spend(player);
    }
    this.#clock.give(waited, kept);
  }

  /** The last post of a hook tells how things stand after it: who may do what. */
  #finish() {
    this.#giveTime();
    this.ctx.set_state(this.#state);
    for (const [i, { kind, body }] of this.#posts.entries()) {
      const isLast = i === this.#posts.length - 1;
      if (!isLast) this.ctx.post(kind, body);
      else {
        const now = this.#now(body.type === "bot:turn");
        this.ctx.post(kind, { ...body, now, view: this.#played ?? this.#view() });
      }
    }
  }

  #view(): BoardView {
    const { phase, round, hands, dealer, seats } = this.#state;
    const ofChips = (player: string) => {
      const seat = seats.find((each) => each.player === player);
      return seat ? [`${seat.chips} chips`] : [];
    };
    const title = phase === "ended" ? "The game is over" : `Round ${round}`;
    if (phase !== "playing") {
      return {
        kind: "cards",
        title,
        rows: seats.slice(0, MOST_ROWS).map(({ player, chips, bet, out }) => ({
          label: player,
          cells: [],
          note: [`${chips} chips`, ...bet > 0 ? [`bet ${bet}`] : [], ...out ? ["out"] : []].join(
            ", ",
          ),
        })),
      };
    }
    return {
      kind: "cards",
      title,
      rows: [
        { label: "dealer", cells: [dealer[0]!, "??"] },
        ...hands.map(({ player, cards, bet, gone }) => ({
          label: player,
          cells: cards,
          note: [`${total(cards)}`, `bet ${bet}`, ...gone ? ["gone"] : ofChips(player)].join(", "),
        })),
      ],
    };
  }

  /** `isHelped`: the post itself has the position and the legal moves. */
  #now(isHelped: boolean) {
    const { phase, seats, hands } = this.#state;
    const waited = seats.filter((seat) => this.#mayAct(seat));
    const playing = phase === "betting" ? this.#seated() : phase === "playing" ? hands : [];
    return {
      phase,
      may: waited.map((seat) => ({ player: seat.player, allowed: this.#allowed(seat) })),
      players: [...new Set(playing.map(({ player }) => player))],
      text: this.#text(waited),
      ...this.#clock.shown(),
      ...isHelped ? {} : this.#help(waited),
    };
  }

  #text(waited: Seat[]): string {
    const { phase, round, hands, turn, dealer } = this.#state;
    if (phase === "ended") return "The game is over.";
    if (phase === "playing") {
      const [seat] = waited;
      const { cards } = hands[turn]!;
      const held = `${cards.join(" ")} = ${total(cards)} against ${dealer[0]}`;
      return `${seat!.player} (${seat!.chips} chips): ${this.#allowed(seat!).join(", ")}; ${held}`;
    }
    const seated = this.#seated();
    const missing = round > 1 ? 0 : this.#players - seated.length;
    const say = this.#betting ? '"bet <chips>"' : '"deal"';
    const deals = this.#betting && seated.some((seat) => this.#mayDeal(seat));
    return [
      ...waited.length > 0 ? [`${waited.map(({ player }) => player).join(", ")}: ${say}`] : [],
      ...missing > 0 ? [`waiting for ${missing} more to join`] : [],
      ...deals ? ['whoever has bet may "deal" and wait for nobody'] : [],
      '"end" to stop',
    ].join("; ");
  }

  /** What those need for whom the table waits: everyone who is to bet, or the player of a hand. */
  #help(waited: Seat[]) {
    const { phase, round, seats, hands, turn, dealer } = this.#state;
    const [first] = waited;
    if (!first) return {};
    if (phase === "playing") {
      const { cards, bet } = hands[turn]!;
      const position = { cards, total: total(cards), dealer: dealer[0]!, bet };
      return { position, legal_moves: this.#allowed(first).map((action) => ({ action })) };
    }
    const start = this.#betting ? { action: "bet", value: this.#minBet } : { action: "deal" };
    const legal_moves = round > 1 ? [start, { action: "end" }] : [start];
    const position = {
      chips: Object.fromEntries(seats.map(({ player, chips }) => [player, chips])),
    };
    const most = Math.min(...waited.map(({ chips }) => Math.floor(chips)));
    const ranges = { bet: { min: this.#minBet, max: most } };
    return { position, legal_moves, ...this.#betting && { ranges } };
  }
}

/** The players from the most chips to the fewest, those with equally many together. */
function byChips(seats: readonly Seat[]): string[][] {
  const counts = [...new Set(seats.map(({ chips }) => chips))].sort((a, b) => b - a);
  return counts.map((count) =>
    seats.filter(({ chips }) => chips === count).map(({ player }) => player)
  );
}

interface Move {
  action: string;
  value?: unknown;
  answers?: unknown;
}

/** A move from make_game_move, an object that names one, or a text such as "hit", "I'll stand" or
 *  "bet 10"; null when a message is none of these. `mayAct`: whether the table waits for its
 *  sender, who then hears what was wrong with a near miss. */
function moveOf(body: Record<string, unknown>, mayAct: boolean): Move | null {
  const { type, game, action, value, answers, text } = body;
  const name = String(game ?? "blackjack").toLowerCase().replace(/[^a-z0-9]/g, "");
  if (!["blackjack", "blackjackbot", "21", ""].includes(name)) return null;
  if (type !== "move") {
    if (typeof text === "string") return saidMove(text, mayAct);
    const typed = Object.hasOwn(WORDS, String(type)) ? String(type) : undefined;
    const named = ACTION_OF.get(plain(String(action ?? ""))) ?? typed;
    if (named) return { action: named, value: value ?? body.bet, answers };
    return "bet" in body ? { action: "bet", value: body.bet, answers } : null;
  }
  const word = String(action ?? "").trim().toLowerCase();
  // An action that says nothing leaves it to the value.
  const isEmpty = ["", "move", "play", "action"].includes(word);
  const said = saidMove(isEmpty ? String(value ?? "") : word, true);
  // Also what is no move is answered: it was meant as one.
  if (!said) return { action: word, answers };
  return { value, ...said, answers };
}

/** The move in a text. A near miss, which is answered only if it `isExpected`, is a number alone, or
 *  the name of a move with one other word, as in "bet ten" or "hit it?", or a move of other tables,
 *  such as "surrender". */
function saidMove(text: string, isExpected: boolean): Move | null {
  const words = plain(text);
  const action = ACTION_OF.get(words);
  if (action && (action !== "bet" || isExpected)) return { action };
  const [, verb, value] = BET.exec(words) ?? [];
  if (value !== undefined && (verb || isExpected)) return { action: "bet", value };
  if (!isExpected) return null;
  if (NO_MOVES.test(words)) return { action: words };
  const [first = "", ...rest] = words.split(/[\s:?]+/);
  const near = ACTION_OF.get(first);
  if (!near || rest.length > 1) return null;
  return near === "bet" ? { action: near, value: rest[0] } : { action: words };
}

/** A bet in words, or its number alone. */
const BET =
  /^(?:(?:(?:place|make) )?(?:(?:a|my) )?(bet|betting|wager|stake)(?: of| is)?[\s:=(]*)?[$€£]?(\d+)[$€£]?$/;

/** A text in lower case without courtesy, punctuation and signs around it, but those that change
 *  what a number says. */
function plain(text: string): string {
  let words = text.toLowerCase().replaceAll("\u2019", "'").replace(/\s+/g, " ");
  for (let before = ""; before !== words;) {
    before = words;
    words = words.replace(/^[^\p{L}\p{N}?$€£.,<>~-]+|[^\p{L}\p{N}?$€£%]+$/gu, "")
      .replace(COURTESY_BEFORE, "")
      .replace(COURTESY_AFTER, "");
  }
  return words;
}

/** An ace counts 1 here. */
function points(card: string): number {
  return card[0] === "A" ? 1 : Number(card[0]) || 10;
}

/** An ace counts 11 where that does not go over 21. */
function total(cards: string[]): number {
  const hard = cards.reduce((sum, card) => sum + points(card), 0);
  return hard <= 11 && cards.some((card) => card[0] === "A") ? hard + 10 : hard;
}

function isBlackjack(cards: string[]): boolean {
  return cards.length === 2 && total(cards) === 21;
}

/** Whether a move answers a turn before the one that a message gave. */
function isLate(answers: unknown, since: number): boolean {
  return /^\d+$/.test(String(answers)) && Number(answers) <= since;
}

function isNatural({ cards, split }: Hand): boolean {
  return isBlackjack(cards) && !split;
}

function resultOf(hand: Hand, dealer: string[]): keyof typeof PAYS {
  const [own, others] = [total(hand.cards), total(dealer)];
  if (hand.gone) return hand.gone;
  if (own > 21) return "bust";
  if (isNatural(hand) !== isBlackjack(dealer)) return isNatural(hand) ? "blackjack" : "lose";
  if (own === others) return "push";
  return own > others || others > 21 ? "win" : "lose";
}

function shuffledShoe(decks: number): string[] {
  const cards = [..."SHDC"].flatMap((suit) => [..."A23456789TJQK"].map((rank) => rank + suit));
  return shuffled(Array.from({ length: decks }, () => cards).flat());
}

/** A parameter that is a whole number; `otherwise` where it is absent. Throws for a wrong one. */
function param(name: string, given: unknown, low: number, high: number, otherwise: number) {
  const value = given === undefined ? otherwise : wholeWithin(given, low, high);
  if (value !== null && value >= low && value <= high) return value;
  throw new Error(`${name} must be a whole number from ${low} to ${high}, such as ${low}`);
}

/** 42 and "42" within a range; null for 4.2, "4e1" and everything else. */
function wholeWithin(value: unknown, low: number, high: number): number | null {
  const digits = typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value);
  const number = digits ? Number(value) : value;
  const whole = typeof number === "number" && Number.isSafeInteger(number);
  return whole && number >= low && number <= high ? number : null;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
