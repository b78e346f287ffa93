/**
 * BlackjackBot: a dealer for one to seven players. Before each round it commits to a freshly shuffled shoe,
 * commit = sha256(deck + salt), and after the round it reveals both. Cards leave the shoe from the left only.
 *
 * params: decks = 6; seats = 7; players = 1 (how many must sit before a round is dealt); rounds = 0 (no end);
 *         betting = true; chips = 100 (what a player starts with); min_bet = 1.
 * Moves: make_game_move game "blackjack", action "bet" (with a value), "deal", "hit", "stand", "double" or
 *        "split"; or the texts "bet 10", "deal", "hit" and so on.
 */

interface Seat {
  player: string;
  name: string;
  /** Without the bets. At a table without betting this is the score, and may be below zero. */
  chips: number;
  /** The bet for the next round; 0 is none. */
  bet: number;
}

interface Hand {
  player: string;
  name: string;
  cards: string[];
  bet: number;
  /** Made by a split: its 21 is no blackjack. */
  split: boolean;
  done: boolean;
  /** Its player has left. */
  forfeit: boolean;
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
};

/** So many of one player: more than one after a split. */
const MAX_HANDS = 4;
/** What comes back for each chip of a bet. */
const PAYS = { blackjack: 2.5, win: 2, push: 1, lose: 0, bust: 0, forfeit: 0 };

const WHY = {
  BAD_MOVE: "That is not possible now.",
  BAD_TURN: "It is not your turn.",
  NOT_AT_TABLE: "Too few chips, too few players, or no seat left at the table.",
};

export default class BlackjackBot {
  static manifest = {
    summary: "Dealer of blackjack for 1 to 7 players, with commit and reveal of every shoe",
    emits: ["rules", "bot:commit", "deal", "bot:turn", "card", "split", "dealer", "round_end"],
    params: { decks: 6, seats: 7, players: 1, rounds: 0, betting: true, chips: 100, min_bet: 1 },
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
  #posts: { kind: "bot" | "control"; body: Record<string, unknown> }[] = [];

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    this.#seats = wholeWithin(params.seats, 1, 7) ?? 7;
    // Enough for any round: a hand ends at 30 points at most, the dealer at 26, and a deck has 340.
    const enough = Math.ceil((this.#seats * MAX_HANDS * 30 + 26) / 340);
    this.#decks = Math.max(enough, wholeWithin(params.decks, 1, 8) ?? 6);
    this.#players = wholeWithin(params.players, 1, this.#seats) ?? 1;
    this.#rounds = wholeWithin(params.rounds, 1, 1_000) ?? 0;
    this.#betting = params.betting !== false;
    this.#chips = this.#betting ? wholeWithin(params.chips, 1, 1_000_000) ?? 100 : 0;
    this.#minBet = this.#betting ? wholeWithin(params.min_bet, 1, this.#chips) ?? 1 : 0;
    this.#state = ctx.get_state() as State | null ?? EMPTY_TABLE;
  }

  async on_init() {
    const players = this.ctx.players().map(({ player_id }) => this.#sit(player_id));
    this.#say("bot", {
      type: "rules",
      text:
        `Blackjack with ${this.#decks} decks, shuffled anew for each round. Come closer to 21 than the dealer, ` +
        "not over it; J, Q, K count 10, an ace 1 or 11. The dealer stands on all 17, soft 17 too, and draws only if " +
        "there is a hand to beat. Under an ace or a ten the dealer looks at the hole card at once: a dealer's " +
        "blackjack ends the round. A blackjack (21 with the first two cards) pays 3:2, other wins 1:1, a tie gives the " +
        "bet back. Double: with two cards, twice the bet for exactly one card more. Split: two cards of equal value, " +
        `up to ${MAX_HANDS} hands; split aces get one card each. No insurance, no surrender. ` +
        "Whoever joins during a round plays from the next; whoever leaves forfeits the bet. " +
        (this.#betting
          ? `You start with ${this.#chips} chips and bet whole ones, at least ${this.#minBet}.`
          : "No bets: a hand is worth 1 point, and chips are the score."),
      moves:
        'make_game_move game "blackjack", action "bet" with the chips as value, "deal", "hit", "stand", ' +
        '"double" or "split"; or say "bet 10", "deal", "hit" and so on',
      dealing:
        "One card to each player in turn, one to the dealer face up, a second one to each player, " +
        "then the dealer's hole card; afterwards to whoever takes one.",
      players,
    });
    await this.#shuffle();
    this.#finish();
  }

  on_join(player_id: string) {
    if (this.#state.phase === "ended") return;
    this.#say("bot", { type: "player_joined", ...this.#sit(player_id) });
    this.#finish();
  }

  async on_leave(player_id: string) {
    const state = this.#state;
    const seat = state.seats.find(({ player }) => player === player_id);
    if (!seat || state.phase === "ended") return;
    state.seats = state.seats.filter((other) => other !== seat);
    for (const hand of state.hands) {
      if (hand.player === player_id) hand.forfeit = hand.done = true;
    }
    this.#say("bot", { type: "player_left", player: player_id, name: seat.name });
    if (state.phase === "betting") await this.#dealIfAllBet();
    else if (state.hands[state.turn]!.done) await this.#goOn();
    this.#finish();
  }

  async on_message(msg: Message) {
    const move = msg.kind === "user" ? moveOf(msg.body) : null;
    const seat = this.#state.seats.find(({ player }) => player === msg.sender);
    if (!move || !seat || this.#state.phase === "ended") return;
    const allowed = this.#allowed(seat);
    if (!allowed.includes(move.action)) this.#refuse(seat, allowed);
    else if (move.action === "bet") await this.#bet(seat, move.value);
    // Whoever has not bet sits this round out.
    else if (move.action === "deal") await this.#deal(this.#seated().filter((s) => this.#isIn(s)));
    else await this.#play(seat, move.action);
    this.#finish();
  }

  #sit(player: string): Seat {
    const { display_name } = this.ctx.players().find((p) => p.player_id === player) ??
      { display_name: player };
    // Short, so that a post has room for everyone's.
    const name = [...display_name].slice(0, 20).join("");
    const seat = { player, name, chips: this.#chips, bet: 0 };
    this.#state.seats.push(seat);
    return seat;
  }

  /** Whoever may play the next round: the first who can pay for it. */
  #seated(): Seat[] {
    const paying = this.#state.seats.filter(({ chips, bet }) => chips + bet >= this.#minBet);
    return (this.#betting ? paying : this.#state.seats).slice(0, this.#seats);
  }

  #isIn(seat: Seat): boolean {
    return seat.bet > 0 || !this.#betting;
  }

  /** What a player may do now. */
  #allowed(seat: Seat): string[] {
    const { phase, hands, turn } = this.#state;
    if (phase === "betting") {
      const seated = this.#seated();
      if (!seated.includes(seat)) return [];
      const deals = this.#isIn(seat) && seated.length >= this.#players;
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

  #refuse({ player, name }: Seat, allowed: string[], details?: string) {
    const idle = this.#state.phase === "playing" ? "BAD_TURN" : "NOT_AT_TABLE";
    const reason = allowed.length > 0 ? "BAD_MOVE" : idle;
    details ??= WHY[reason];
    this.#say("control", { type: "violation", player, name, reason, details, allowed });
  }

  async #shuffle() {
    const state = this.#state;
    state.phase = "betting";
    state.round++;
    state.dealt = state.turn = 0;
    state.hands = [];
    state.dealer = [];
    state.deck = shuffled(this.#decks).join(" ");
    state.salt = hex(crypto.getRandomValues(new Uint8Array(32)));
    state.commit = await sha256(state.deck + state.salt);
    this.#say("control", {
      type: "bot:commit",
      commit: state.commit,
      message: "commit = sha256(deck + salt); both are revealed after the round",
    });
  }

  async #bet(seat: Seat, value: unknown) {
    const has = seat.chips + seat.bet;
    const bet = wholeWithin(value, this.#minBet, has);
    if (bet === null) {
      const range = `a whole number from ${this.#minBet} to ${Math.floor(has)}`;
      return this.#refuse(seat, this.#allowed(seat), `The value of a bet is ${range}.`);
    }
    seat.bet = bet;
    seat.chips = has - bet;
    this.#say("bot", { type: "bet", ...seat });
    await this.#dealIfAllBet();
  }

  async #dealIfAllBet() {
    const seated = this.#seated();
    const enough = seated.length >= this.#players && this.#betting;
    if (enough && seated.every(({ bet }) => bet > 0)) await this.#deal(seated);
  }

  async #deal(seats: Seat[]) {
    const state = this.#state;
    state.phase = "playing";
    state.hands = seats.map((seat): Hand => {
      const { player, name, bet } = seat;
      if (!this.#betting) seat.chips--;
      seat.bet = 0;
      return { player, name, cards: [], bet: bet || 1, split: false, done: false, forfeit: false };
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
    this.#say("control", { type: "bot:turn", ...this.#shown(hands[next]!) });
  }

  async #settle() {
    const { hands, dealer, seats, round, deck, salt, commit } = this.#state;
    const toBeat = hands.some((h) => !h.forfeit && total(h.cards) <= 21 && !isNatural(h));
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
    this.#say("bot", { type: "round_end", results, chips });
    const verified = await sha256(deck + salt) === commit;
    this.#say("control", {
      type: "bot:reveal",
      deck,
      salt,
      commit,
      verified,
      dealt: this.#state.dealt,
    });
    if (round !== this.#rounds) return await this.#shuffle();
    this.#state.phase = "ended";
    this.#say("bot", { type: "game_end", rounds: round, chips });
    this.ctx.end({ rounds: round, chips });
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

  /** Every post of a hook tells how things stand after it: who may do what. */
  #finish() {
    this.ctx.set_state(this.#state);
    const now = this.#now();
    for (const { kind, body } of this.#posts) this.ctx.post(kind, { ...body, now });
  }

  #now() {
    const { phase, seats, hands, turn, dealer } = this.#state;
    const may = seats.map((seat) => ({ ...seat, allowed: this.#allowed(seat) }))
      .filter(({ allowed }) => allowed.length > 0);
    const told = may.map(({ name, player, chips, allowed }) =>
      `${name} (${player}, ${chips} chips) may ${allowed.join(", ")}`
    );
    if (phase === "betting" && told.length > 0) {
      told.push(`say ${this.#betting ? '"bet <chips>", and "deal" to wait for nobody' : '"deal"'}`);
    }
    if (phase === "playing") {
      const { cards } = hands[turn]!;
      told.push(`the hand is ${cards.join(" ")} = ${total(cards)} against ${dealer[0]}`);
    }
    const text = phase === "ended"
      ? "The game is over."
      : told.join("; ") || "Waiting for players.";
    return { phase, may: may.map(({ player, allowed }) => ({ player, allowed })), text };
  }
}

/** A move from make_game_move, or a text such as "hit" or "bet 10"; null when a message is neither. */
function moveOf(body: Record<string, unknown>): { action: string; value?: unknown } | null {
  if (body.type === "move" && body.game === "blackjack") {
    return { action: String(body.action).toLowerCase(), value: body.value };
  }
  const text = typeof body.text === "string" ? body.text.trim().toLowerCase() : "";
  const said = /^(?:(hit|stand|double|split|deal)|(bet)\s+(\S+))$/.exec(text);
  return said ? { action: (said[1] ?? said[2])!, value: said[3] } : null;
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

function isNatural({ cards, split }: Hand): boolean {
  return isBlackjack(cards) && !split;
}

function resultOf(hand: Hand, dealer: string[]): keyof typeof PAYS {
  const [own, others] = [total(hand.cards), total(dealer)];
  if (hand.forfeit) return "forfeit";
  if (own > 21) return "bust";
  if (isNatural(hand) !== isBlackjack(dealer)) return isNatural(hand) ? "blackjack" : "lose";
  if (own === others) return "push";
  return own > others || others > 21 ? "win" : "lose";
}

function shuffled(decks: number): string[] {
  const cards = [..."SHDC"].flatMap((suit) => [..."A23456789TJQK"].map((rank) => rank + suit));
  const deck = Array.from({ length: decks }, () => cards).flat();
  for (let i = deck.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1);
    [deck[i], deck[j]] = [deck[j]!, deck[i]!];
  }
  return deck;
}

/** A fair number in [0, below): draws again where the last, incomplete range would favour small ones. */
function randomBelow(below: number): number {
  const fair = 2 ** 32 - 2 ** 32 % below;
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn! < fair) return drawn! % below;
  }
}

/** 42 and "42" within a range; null for 4.2, "4e1" and everything else. */
function wholeWithin(value: unknown, low: number, high: number): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const whole = typeof number === "number" && Number.isSafeInteger(number);
  return whole && number >= low && number <= high ? number : null;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
