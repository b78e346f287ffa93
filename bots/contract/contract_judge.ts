/**
 * ContractJudge: two parties accept the same terms by their hash; claims and evidence are recorded;
 * the verdict cites clauses. It comes from the rules that the clauses carry, or from an arbiter whom
 * the terms name, or the parties settle. Terms that both have accepted cannot be changed by anyone.
 *
 * params: title; clauses = [{ id, text, party?, check? }]; parties = ["p1", "p2"] and arbiter: slot
 *         labels or player ids; clock, as in every game, for those for whom the case waits.
 * A check is { evidence: "uptime", from?, at_least?, at_most?, equals?, by? }: it is met when `from`
 * has stated that evidence, or where nobody is named both parties have stated the same, within the
 * bounds and by the time.
 * Moves: make_game_move game "contract", action "propose" { title?, clauses }, "accept" <terms_hash>,
 *        "claim" { clause, text? }, "evidence" { name, value?, text? }, "judge", "settle" <outcome>,
 *        and for the arbiter "rule" { outcome, cites: [clause ids], reason }; or the texts
 *        "accept sha256:..." and "judge".
 */

import { type Clock, GAME_PARAMS, GameClock, type Times } from "lib:game";

type Scalar = string | number | boolean;

interface Check {
  evidence: string;
  /** Whose word counts; without it both parties must say the same. */
  from?: string;
  at_least?: number;
  at_most?: number;
  equals?: Scalar;
  /** ISO 8601 with a time and a time zone. */
  by?: string;
}

interface Clause {
  id: string;
  text: string;
  /** Whom it binds. */
  party?: string;
  check?: Check;
}

interface Terms {
  title: string;
  parties: [string, string];
  arbiter: string | null;
  clauses: Clause[];
}

interface Statement {
  by: string;
  name: string;
  value: Scalar | null;
  ts: string;
  entry: number;
}

interface State {
  phase: "open" | "in_force" | "closed";
  terms: Terms | null;
  hash: string;
  /** The player behind each name of the terms. */
  roles: Record<string, string>;
  accepted: Record<string, { player: string; entry: number }>;
  /** The clauses that were claimed. */
  claims: string[];
  evidence: Statement[];
  settlements: Record<string, string>;
  /** The party whose settlement waits for the other one's word. */
  offer: string | null;
  /** Whether a party has asked the arbiter for the verdict. */
  asked: boolean;
  /** The roles whose players an admin removed: their silence says nothing. */
  removed: string[];
  /** The entry that put the terms on the table, or that accepted them. */
  since: number;
  time: Times;
}

interface LegalMove {
  action: string;
  value?: string | Record<string, unknown>;
}

/** Roles for whom the case waits, and moves of theirs that would take it on. */
interface Awaited {
  roles: string[];
  moves: LegalMove[];
}

/** `met` is null while it is undecided. */
interface Finding {
  clause: string;
  party: string | null;
  met: boolean | null;
  because: string;
  entries: number[];
}

/** Terms are bytes of UTF-8: a post holds them as a text, which may double them. */
const MOST = {
  ...{ terms: 7_000, clauses: 20, evidence: 60, name: 40, value: 60, text: 300 },
  timerMs: 30 * 24 * 60 * 60 * 1_000,
};

/** When a move may be made, and by whom. */
const MOVES = {
  propose: { phase: "open", who: "a party" },
  accept: { phase: "open", who: "a party" },
  claim: { phase: "in_force", who: "a party" },
  evidence: { phase: "in_force", who: "anyone" },
  judge: { phase: "in_force", who: "a party" },
  settle: { phase: "in_force", who: "a party" },
  rule: { phase: "in_force", who: "the arbiter" },
} as const;

const EMPTY_CASE: State = {
  phase: "open",
  terms: null,
  hash: "",
  roles: {},
  accepted: {},
  claims: [],
  evidence: [],
  settlements: {},
  offer: null,
  asked: false,
  removed: [],
  since: 0,
  time: { since: {}, left: {} },
};

/** The operations of members that concern the case. */
const APPLIED = ["claim_applied", "pause_bot_applied", "resume_bot_applied"];

/** One right value of each action and parameter that has one; a hash stands for the real one. */
const EXAMPLES = {
  propose: {
    title: "Hosting",
    clauses: [{ id: "1", text: "The site is up 99.5 % of May, as Mona measures it." }],
  },
  accept: `sha256:${"0".repeat(64)}`,
  claim: { clause: "1", text: "It was down for two days." },
  evidence: { name: "uptime", value: 99.7 },
  settle: "Half is refunded.",
  rule: { outcome: "Ada refunds half.", cites: ["1"], reason: "Half a month was kept." },
  check: { evidence: "uptime", from: "mona", at_least: 99.5, by: "2027-06-01T00:00:00Z" },
  arbiter: "judy",
};
type Example = keyof typeof EXAMPLES;

const PARAMS = {
  type: "object",
  properties: {
    title: { type: "string", minLength: 1, maxLength: 300, default: "Contract" },
    clauses: {
      type: "array",
      description: "Terms to offer: [{ id, text, party?, check? }]. Without, a party proposes.",
      items: { type: "object" },
      maxItems: 20,
      default: [],
    },
    parties: {
      type: "array",
      description: "Labels of slots, or player ids.",
      items: { type: "string" },
      minItems: 2,
      maxItems: 2,
      uniqueItems: true,
      default: ["p1", "p2"],
    },
    arbiter: { type: ["string", "null"], description: "A label or a player id.", default: null },
    clock: GAME_PARAMS.clock,
  },
};

export default class ContractJudge {
  static manifest = {
    summary: "Holds two parties to terms accepted by hash; its verdict cites their clauses",
    emits: ["terms", "roles", "accepted", "agreement", "recorded", "findings", "verdict"],
    params: PARAMS,
    moves: {
      game: "contract",
      aliases: ["contractjudge", "judge"],
      actions: {
        propose: { value: "<object>" },
        accept: { value: "<text>" },
        claim: { value: "<object>" },
        evidence: { value: "<object>" },
        judge: { text: "judge" },
        settle: { value: "<text>" },
        rule: { value: "<object>" },
      },
    },
    net: [],
  };

  #state: State;
  #parties: [string, string];
  #arbiter: string | null;
  #clock: GameClock;
  /** Who has done what the case waited for. */
  #moved = "";
  #posts: { kind: "bot" | "control"; body: Record<string, unknown> }[] = [];

  /** Throws for parameters by which nobody could be judged. */
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {
    const { parties = ["p1", "p2"], arbiter = null } = params;
    const [a, b, c] = Array.isArray(parties) ? parties : [];
    if (!isName(a) || !isName(b) || a === b || c !== undefined) {
      throw new Error('parties must be two different names, such as ["ada", "bob"]');
    }
    this.#parties = [a, b];
    if (arbiter !== null && (!isName(arbiter) || this.#parties.includes(arbiter))) {
      throw new Error('arbiter must be the name of a third, such as "judy", or null');
    }
    this.#arbiter = arbiter;
    const saved = ctx.get_state() as State | null;
    this.#state = saved ?? structuredClone(EMPTY_CASE);
    this.#clock = new GameClock(ctx, params.clock as Clock | undefined, this.#state.time);
    if (!saved) this.#offered();
  }

  /** The terms in the parameters; null where the parties are to propose them. */
  #offered(): Terms | null {
    const { title = "Contract", clauses = [] } = this.params;
    if (!Array.isArray(clauses)) throw new Error("clauses must be a list");
    if (clauses.length === 0) return null;
    return termsFrom({ title, clauses }, this.#parties, this.#arbiter, Date.now());
  }

  async on_init() {
    const terms = this.#offered();
    const { claim, check, arbiter, ...values } = EXAMPLES;
    this.#say("bot", {
      type: "prompt",
      game: "contract",
      text: `I hold ${this.#parties.join(" and ")} to terms that both accept by their hash. ` +
        (terms ? "" : "A party proposes the terms. ") +
        'Every move is make_game_move with game "contract". After the agreement, the parties make claims, ' +
        "anyone whom the terms name states evidence, each piece once and for good, and " +
        `${this.#arbiter === null ? '"judge" decides by the checks' : `${this.#arbiter} rules`}; ` +
        "or both settle in the same words.",
      values: { ...values, claim },
      check,
      check_text: CHECK_TEXT,
      arbiter: {
        is: this.#arbiter,
        example: arbiter,
        text: "A parameter: a label or a player id.",
      },
    });
    if (terms) await this.#lay(terms, "params", 0);
    else this.#fillRoles();
    this.#tellOthers(this.ctx.players().map(({ player_id }) => player_id));
    this.#finish();
  }

  on_join(player_id: string) {
    const { phase } = this.#state;
    if (phase === "closed") return;
    if (phase === "open") this.#fillRoles();
    this.#tellOthers([player_id]);
    this.#finish();
  }

  /** Tells those of some players who have no role. */
  #tellOthers(players: string[]) {
    const others = players.filter((player) => this.#roleOf(player) === undefined);
    if (others.length === 0) return;
    const unless = this.#state.phase === "open" ? ", unless the terms come to name you" : "";
    const text = `${others.join(", ")}: you have no role here${unless}, and watch.`;
    this.#say("bot", { type: "not_playing", players: others, text });
  }

  on_leave(player_id: string, reason: "left" | "removed" | "banned" = "left") {
    const { roles, phase, removed } = this.#state;
    const role = Object.keys(roles).find((name) => roles[name] === player_id);
    if (role === undefined || phase === "closed") return;
    const bound = phase === "in_force" && reason === "left";
    this.#say("bot", { type: "role_left", role, player: player_id, reason, still_bound: bound });
    if (phase === "open") {
      delete roles[role];
      this.#state.accepted = {};
      this.#fillRoles();
    } else if (reason !== "left") {
      removed.push(role);
      if (this.#parties.includes(role)) {
        this.#void(`An admin removed ${role}, who can no longer answer: there is no verdict.`);
      }
    }
    this.#finish();
  }

  /** A deadline decides clauses: the case may wait for others now. */
  on_timer(name: string) {
    if (this.#isClosed) return;
    if (name === "clock") {
      if (!this.#clock.begin()) this.#goOnWithout(this.#clock.late(), "clock");
      return this.#finish();
    }
    const past = this.#state.terms!.clauses.filter(({ check }) => isPast(check, Date.now()));
    if (past.length > 0) this.#say("bot", { type: "deadline", past: past.map(({ id }) => id) });
    this.#awaitDeadline();
    this.#finish();
  }

  #awaitDeadline() {
    const deadlines = this.#state.terms!.clauses.flatMap(({ check }) => Date.parse(check?.by ?? ""))
      .filter((by) => by >= Date.now());
    if (deadlines.length === 0) return;
    // A statement at the very moment is in time.
    const ms = Math.min(...deadlines) + 1 - Date.now();
    this.ctx.set_timer("deadline", Math.min(ms, MOST.timerMs));
  }

  /** Ends the case without a verdict. */
  #void(because: string) {
    this.#state.phase = "closed";
    this.#say("bot", { type: "void", because, terms_hash: this.#state.hash });
    this.ctx.end({ verdict: null, because });
  }

  /** The case does not wait for these players any longer: they left, ran out of time, or were silent
   *  until somebody claimed it. An offer that they did not take is declined; if the case still
   *  waits for them, it is over. */
  #goOnWithout(players: string[], by: "clock" | "claim") {
    if (players.length === 0) return;
    this.#state.offer = null;
    const roles = this.#awaited().flatMap(({ roles }) => roles);
    const silent = [...new Set(roles)].filter((role) => players.includes(this.#state.roles[role]!));
    if (silent.length > 0) this.#leave(silent, by);
  }

  /** Ends the case without some roles: by the rules, if they decide it. */
  #leave(roles: string[], by: "clock" | "claim" | "absence") {
    const { phase, claims: cites } = this.#state;
    const who = roles.join(" and ");
    if (phase === "open") return this.#void(`${who} did not go on: there is no agreement.`);
    const now = new Date().toISOString();
    if (this.#arbiter === null && this.#isDecided(now)) return this.#judge(now);
    const findings = this.#findings(now);
    this.#decide({ by, outcome: `left by ${who}`, cites, findings });
  }

  /** A case in force for which nobody can do anything, and that waits for no deadline, is over. */
  #endIfLeft() {
    if (this.#state.phase !== "in_force" || this.#awaited().length > 0) return;
    const isPending = this.#state.terms!.clauses.some(({ check }) =>
      check?.by !== undefined && !isPast(check, Date.now())
    );
    if (isPending && !this.#isDecided(new Date().toISOString())) return;
    const roles = [...this.#parties, this.#arbiter ?? []].flat();
    this.#leave(roles.filter((role) => !this.#isHere(role)), "absence");
  }

  #isHere(role: string): boolean {
    const player = this.#state.roles[role];
    return this.ctx.players().some(({ player_id }) => player_id === player);
  }

  /** Hears the server: of a claim, whose time it has checked, and of pauses. */
  #hear({ ts, body: { type, op } }: Message) {
    const claimant = String((op as { player_id?: unknown } | undefined)?.player_id);
    if (type === "claim_applied" && this.#roleOf(claimant) !== undefined) {
      const silent = this.#awaitedPlayers();
      if (!silent.includes(claimant)) this.#goOnWithout(silent, "claim");
    }
    if (this.#clock.hear(type, Date.parse(ts))) this.#say("bot", { type: "resumed" });
    this.#finish();
  }

  get #isClosed(): boolean {
    return this.#state.phase === "closed";
  }

  async on_message(msg: Message) {
    if (this.#isClosed) return;
    if (msg.sender === "system") {
      if (APPLIED.includes(String(msg.body.type))) this.#hear(msg);
      return;
    }
    const role = this.#roleOf(msg.sender);
    const allowed = role === undefined ? [] : this.#allowed(role);
    const move = msg.kind === "user" ? moveOf(msg.body, allowed) : null;
    if (!move) return;
    // Time that is up counts before a move that came too late.
    this.#goOnWithout(this.#clock.late(), "clock");
    if (!this.#isClosed) await this.#attempt(msg.sender, () => this.#act(move, msg));
    this.#finish();
  }

  #roleOf(player: string): string | undefined {
    const { roles } = this.#state;
    return Object.keys(roles).find((name) => roles[name] === player);
  }

  async #attempt(player: string, act: () => Promise<void>) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      const { reason, message } = error;
      this.#say("control", { type: "violation", player, reason, details: message });
    }
  }

  async #act({ action, value, answers }: Move, msg: Message) {
    if (!Object.hasOwn(MOVES, action)) {
      const actions = Object.keys(MOVES).join(", ");
      throw new Violation("BAD_MOVE", `Actions of the game "contract": ${actions}.`);
    }
    const { phase, who } = MOVES[action as keyof typeof MOVES];
    const { terms } = this.#state;
    const role = this.#roleOf(msg.sender);
    const fits = who === "a party"
      ? this.#parties.includes(role ?? "")
      : who === "anyone" || role === this.#arbiter;
    if (role === undefined || !fits) {
      const names = [...this.#parties, this.#arbiter ?? []].flat().join(", ");
      const you = role === undefined ? "You have no role here" : `You are ${role}`;
      const details = `To ${action} is for ${who} whom the terms name (${names}). ${you}.`;
      throw new Violation("NOT_YOUR_ROLE", details);
    }
    if (/^\d+$/.test(String(answers)) && Number(answers) <= this.#state.since) {
      throw new Violation("LATE", "The move answers an earlier turn, so it does not count.");
    }
    if (phase !== this.#state.phase) {
      if (phase === "in_force") throw new Violation("NOT_IN_FORCE", "First both parties accept.");
      throw new Violation(
        "TERMS_FIXED",
        "Both parties have accepted: nobody can change the terms.",
      );
    }
    if (action === "propose") return await this.#propose(value, role, msg.id);
    if (!terms) {
      throw new Violation("NO_TERMS", `There are no terms yet: propose some. ${how("propose")}`);
    }
    const given = isObject(value) ? value : {};
    const { offer } = this.#state;
    const isAwaited = this.#awaited().some(({ roles, moves }) =>
      roles.includes(role) && moves.some((move) => move.action === action)
    );
    if (action === "accept") this.#accept(terms, role, value, msg);
    if (action === "claim") {
      this.#claim(terms, role, isObject(value) ? value : { clause: value }, msg);
    }
    if (action === "evidence") this.#evidence(terms, role, given, msg);
    if (action === "judge") this.#judge(msg.ts);
    if (action === "settle") this.#settle(role, value, msg);
    if (action === "rule") this.#rule(terms, given, msg);
    if (isAwaited) this.#moved = msg.sender;
    // Whoever goes on with the case has declined the other's offer.
    if (offer === this.#state.offer && offer !== role && this.#parties.includes(role)) {
      this.#state.offer = null;
    }
  }

  async #propose(value: unknown, by: string, entry: number) {
    const terms = termsFrom(value, this.#parties, this.#arbiter, Date.now());
    const players = this.ctx.players();
    const isHere = (name: string) =>
      players.some(({ player_id, label }) => name === player_id || name === label);
    const absent = namesIn(terms).find((name) =>
      !this.#parties.includes(name) && name !== this.#arbiter && !isHere(name)
    );
    if (absent !== undefined) {
      const here = players.map(({ player_id, label }) => label ?? player_id).join(", ");
      throw new Violation(
        "BAD_TERMS",
        `Nobody here is ${absent}, so nobody could give that evidence. "from" is one of ${here}.`,
      );
    }
    const twice = this.#namedTwice(terms);
    if (twice) {
      throw new Violation(
        "BAD_TERMS",
        `${twice.join(" and ")} are one player, who can have one name here: write "${twice[0]}".`,
      );
    }
    await this.#lay(terms, by, entry);
  }

  /** Two names of the terms for one player, who could fill only one of these roles. */
  #namedTwice(terms: Terms): [string, string] | undefined {
    const names = new Map<string, string>();
    for (const name of namesIn(terms)) {
      const player = this.ctx.players().find((player) => isCalled(player, name))?.player_id;
      if (player === undefined) continue;
      const other = names.get(player);
      if (other !== undefined) return [other, name];
      names.set(player, name);
    }
  }

  /** Puts terms on the table: earlier acceptances are void. */
  async #lay(terms: Terms, by: string, entry: number) {
    const text = canonical(terms);
    const state = this.#state;
    state.terms = terms;
    state.hash = `sha256:${await sha256(text)}`;
    state.accepted = {};
    state.since = entry;
    const message =
      "terms_hash = sha256 of text; both parties accept this hash, or propose other terms";
    const isChecked = terms.clauses.some(({ check }) => check);
    const judged_by = terms.arbiter !== null
      ? "the arbiter"
      : isChecked
      ? "the checks"
      : "nobody: without a check or an arbiter, the parties can only settle";
    this.#say("bot", { type: "terms", terms_hash: state.hash, text, by, message, judged_by });
    const names = namesIn(terms);
    for (const name of Object.keys(state.roles)) {
      if (!names.includes(name)) delete state.roles[name];
    }
    this.#fillRoles();
  }

  /** Whoever sits in the slot of a name of the terms takes that role. */
  #fillRoles() {
    const { terms, roles } = this.#state;
    const before = Object.keys(roles).length;
    for (const name of terms ? namesIn(terms) : this.#parties) {
      const player = this.ctx.players().find((player) =>
        !Object.values(roles).includes(player.player_id) && isCalled(player, name)
      );
      if (!player || roles[name] !== undefined) continue;
      roles[name] = player.player_id;
      this.#clock.start([player.player_id]);
    }
    if (Object.keys(roles).length > before) this.#say("bot", { type: "roles", roles });
  }

  #accept(terms: Terms, role: string, value: unknown, msg: Message) {
    const { hash, roles, accepted } = this.#state;
    const empty = this.#empty();
    if (empty.length > 0) {
      const twice = this.#namedTwice(terms);
      const why = twice
        ? `${twice.join(" and ")} are one player: propose terms that name each once.`
        : `Nobody has joined as ${empty.join(", ")} yet.`;
      throw new Violation("ROLE_EMPTY", why);
    }
    const said = isObject(value) ? value.terms_hash ?? value.hash : value;
    if (String(said).trim().toLowerCase().replace(/^(sha256:)?/, "sha256:") !== hash) {
      throw new Violation(
        "WRONG_HASH",
        `You accept terms by their hash, and those on the table have ${hash}. ${
          how("accept", hash)
        }`,
      );
    }
    const passed = terms.clauses.find(({ check }) => isPast(check, Date.parse(msg.ts)));
    if (passed) {
      throw new Violation(
        "BAD_TERMS",
        `The deadline of clause ${passed.id} has passed: propose other terms.`,
      );
    }
    accepted[role] = { player: msg.sender, entry: msg.id };
    this.#say("bot", { type: "accepted", party: role, terms_hash: hash, entry: msg.id });
    if (!this.#parties.every((party) => accepted[party])) return;
    this.#state.phase = "in_force";
    this.#state.since = msg.id;
    this.#say("bot", { type: "agreement", terms_hash: hash, roles, accepted });
    this.#awaitDeadline();
  }

  /** The names of the terms that nobody has. */
  #empty(): string[] {
    const { terms, roles } = this.#state;
    return terms ? namesIn(terms).filter((name) => roles[name] === undefined) : [];
  }

  #claim(terms: Terms, by: string, { clause }: Record<string, unknown>, msg: Message) {
    const known = terms.clauses.find(({ id }) => folded(id) === folded(clause));
    if (!known) {
      throw new Violation(
        "NO_SUCH_CLAUSE",
        `Clauses: ${idsOf(terms).join(", ")}. ${how("claim", { clause: idsOf(terms)[0] })}`,
      );
    }
    if (!this.#state.claims.includes(known.id)) this.#state.claims.push(known.id);
    this.#say("bot", { type: "recorded", what: "claim", clause: known.id, by, entry: msg.id });
  }

  #evidence(terms: Terms, by: string, given: Record<string, unknown>, msg: Message) {
    const { evidence } = this.#state;
    // A check calls the name of a statement `evidence`.
    const { name: named = given.evidence, value = null } = given;
    if (!isName(named) || !(value === null || isScalar(value))) {
      throw new Violation(
        "BAD_EVIDENCE",
        `Evidence is { name, value?, text? }, the value a number, text or boolean. ${
          how("evidence")
        }`,
      );
    }
    const checks = terms.clauses.flatMap(({ check }) => check ?? []);
    const about = checks.filter((check) => folded(check.evidence) === folded(named));
    const name = about[0]?.evidence ?? named;
    const counts = about.filter((check) => this.#askedFor(check).includes(by));
    for (const check of counts) {
      const wanted = kindOf(check);
      if (valueFor(check, value) !== undefined) continue;
      const example = {
        name,
        value: wanted === "number" ? 99.7 : wanted === "boolean" ? true : "blue",
      };
      throw new Violation(
        "BAD_EVIDENCE",
        `The terms want ${WANTED[wanted]} as "${name}", not ${
          JSON.stringify(value)
        }. Nothing was ` +
          `recorded. ${how("evidence", example)}`,
      );
    }
    if (evidence.some((e) => e.by === by && e.name === name)) {
      throw new Violation("ALREADY_STATED", `You have stated "${name}" before, and that stands.`);
    }
    if (evidence.length >= MOST.evidence) {
      throw new Violation("TOO_MUCH", "No more evidence is taken.");
    }
    evidence.push({ by, name, value, ts: msg.ts, entry: msg.id });
    const names = [...new Set(checks.map((check) => check.evidence))].join(", ");
    const note = counts.length > 0 || checks.length === 0
      ? undefined
      : about.length > 0
      ? `The checks count what ${this.#askedFor(about[0]!).join(" and ")} states of it.`
      : `No check asks for it. The checks ask for: ${names}.`;
    this.#say("bot", { type: "recorded", what: "evidence", name, value, by, entry: msg.id, note });
  }

  /** Whose statements a check counts. */
  #askedFor({ from }: Check): string[] {
    return from === undefined ? this.#parties : [from];
  }

  #isDecided(now: string): boolean {
    const findings = this.#findings(now);
    return findings.length > 0 && findings.every(({ met }) => met !== null);
  }

  #judge(now: string) {
    const findings = this.#findings(now);
    if (this.#arbiter !== null || !this.#isDecided(now)) {
      const text = this.#arbiter !== null
        ? `${this.#arbiter} rules.`
        : findings.length > 0
        ? "No verdict while a clause is undecided."
        : "No clause carries a rule: the parties can only settle.";
      this.#state.asked = true;
      this.#say("bot", { type: "findings", findings, text });
      return;
    }
    const broken = findings.filter(({ met }) => !met);
    const blamed = [...new Set(broken.map(({ party }) => party ?? "nobody in particular"))];
    const outcome = broken.length === 0 ? "kept" : `broken by ${blamed.join(" and ")}`;
    const cites = (broken.length > 0 ? broken : findings).map(({ clause }) => clause);
    this.#decide({ by: "rules", outcome, cites, findings });
  }

  #rule(terms: Terms, given: Record<string, unknown>, msg: Message) {
    const ids = idsOf(terms);
    const { outcome, reason } = given;
    const list = Array.isArray(given.cites) ? given.cites : [given.cites];
    const cites = list.map((id) => ids.find((known) => folded(known) === folded(id)));
    const cited = cites.length > 0 && !cites.includes(undefined);
    if (!isText(outcome) || !isText(reason) || !cited) {
      const form = `{ outcome, cites, reason }, with cites from ${ids.join(", ")}`;
      const example = { ...EXAMPLES.rule, cites: ids.slice(0, 1) };
      throw new Violation("BAD_RULING", `A ruling is ${form}. ${how("rule", example)}`);
    }
    const findings = this.#findings(msg.ts);
    this.#decide({ by: "arbiter", outcome, cites, reason, findings, entry: msg.id });
  }

  #settle(role: string, value: unknown, msg: Message) {
    const outcome = isObject(value) ? value.outcome : value;
    if (!isText(outcome)) {
      throw new Violation("BAD_MOVE", `Settle on an outcome, as a text. ${how("settle")}`);
    }
    const { settlements, claims } = this.#state;
    settlements[role] = outcome;
    this.#state.offer = role;
    this.#say("bot", { type: "recorded", what: "settlement", by: role, outcome, entry: msg.id });
    const isSame = (party: string) => folded(settlements[party]) === folded(outcome);
    if (!this.#parties.every(isSame)) return;
    const findings = this.#findings(msg.ts);
    this.#decide({ by: "settlement", outcome, cites: claims, findings });
  }

  #decide(decision: Record<string, unknown>) {
    const { hash, claims } = this.#state;
    const verdict = { ...decision, claims, terms_hash: hash };
    this.#state.phase = "closed";
    this.#say("bot", { type: "verdict", ...verdict });
    this.ctx.end({ verdict });
  }

  /** What the rules say at a time, for each clause that has one. */
  #findings(now: string): Finding[] {
    return (this.#state.terms?.clauses ?? []).flatMap(({ id, party = null, check }) => {
      if (!check) return [];
      const said = this.#state.evidence.filter(({ name }) => name === check.evidence);
      const asked = this.#askedFor(check);
      // In the order of entries: the first one's time counts, the other one's confirms it.
      const heard = said.filter(({ by }) => asked.includes(by));
      const entries = heard.map(({ entry }) => entry);
      const found = finding(check, asked, heard, now, this.#state.removed);
      return [{ clause: id, party, ...found, entries }];
    });
  }

  #say(kind: "bot" | "control", body: Record<string, unknown>) {
    this.#posts.push({ kind, body: structuredClone(body) });
  }

  /** Every post of a hook tells what comes next, and the last one for whom the case waits. */
  #finish() {
    this.#endIfLeft();
    const awaited = this.#awaited();
    this.#setClock();
    this.ctx.set_state(this.#state);
    const next = this.#next(awaited);
    const now = !this.#isClosed && { now: this.#now(awaited) };
    for (const [i, { kind, body }] of this.#posts.entries()) {
      this.ctx.post(kind, { ...body, next, ...i === this.#posts.length - 1 && now });
    }
  }

  /** Time runs for those for whom the case waits, once there are two parties. */
  #setClock() {
    const { phase, time: { since } } = this.#state;
    const isOn = phase === "in_force" || this.#parties.every((party) => this.#isHere(party));
    const turn = isOn ? this.#awaitedPlayers() : [];
    if (this.#moved in since) this.#clock.spend(this.#moved);
    this.#clock.give(turn, turn.filter((player) => player in since && player !== this.#moved));
  }

  #awaitedPlayers(): string[] {
    const roles = this.#awaited().flatMap(({ roles }) => roles);
    return [...new Set(roles)].map((role) => this.#state.roles[role]!);
  }

  /** `allowed` is all that is open to a player, `actions` what the case waits for. */
  #now(awaited: Awaited[]) {
    const { phase, roles, offer, settlements } = this.#state;
    const may = Object.entries(roles).flatMap(([role, player]) => {
      const moves = awaited.filter(({ roles }) => roles.includes(role)).flatMap((a) => a.moves);
      const actions = [...new Set(moves.map(({ action }) => action))];
      return actions.length > 0 ? [{ player, allowed: this.#allowed(role), actions }] : [];
    });
    const met = this.#findings(new Date().toISOString()).map(({ clause, met }) => [clause, met]);
    const position = phase === "open"
      ? { phase }
      : { phase, met: Object.fromEntries(met), ...offer && { offer: settlements[offer] } };
    const legal_moves = awaited.flatMap(({ moves }) => moves);
    const help = legal_moves.length > 0 ? { position, legal_moves } : { position };
    return { may, players: Object.values(roles), ...help, ...this.#clock.shown() };
  }

  /** The actions that are open to a role. */
  #allowed(role: string): string[] {
    const { phase, terms, accepted } = this.#state;
    const isParty = this.#parties.includes(role);
    return Object.entries(MOVES).filter(([action, move]) => {
      if (move.phase !== phase) return false;
      if (action === "accept" && (!terms || accepted[role])) return false;
      return move.who === "anyone" ||
        (move.who === "a party" ? isParty : role === this.#arbiter);
    }).map(([action]) => action);
  }

  #awaited(): Awaited[] {
    const { phase } = this.#state;
    const awaited = phase === "closed"
      ? []
      : phase === "open"
      ? [this.#awaitedToAgree()]
      : this.#awaitedInForce();
    return awaited.map(({ roles, moves }) => ({
      roles: roles.filter((role) => this.#isHere(role)),
      moves,
    })).filter(({ roles }) => roles.length > 0);
  }

  #awaitedToAgree(): Awaited {
    const { terms, accepted, hash } = this.#state;
    const isLate = terms?.clauses.some(({ check }) => isPast(check, Date.now()));
    if (!terms || isLate) {
      return { roles: this.#parties, moves: [{ action: "propose", value: EXAMPLES.propose }] };
    }
    const missing = this.#parties.filter((party) => !accepted[party]);
    const roles = this.#empty().length > 0 ? [] : missing;
    return { roles, moves: [{ action: "accept", value: hash }] };
  }

  /** An offer waits for the other party, and the case for evidence, one piece after another, then
   *  for whoever can end it. */
  #awaitedInForce(): Awaited[] {
    const { settlements, asked } = this.#state;
    const parties = this.#parties.filter((party) => this.#isHere(party));
    // Whoever has left settles nothing.
    const offer = parties.length === 2 ? this.#state.offer : null;
    const others = parties.filter((party) => party !== offer);
    const answer = offer === null
      ? []
      : [{ roles: others, moves: [{ action: "settle", value: settlements[offer]! }] }];
    const hasArbiter = this.#arbiter !== null && this.#isHere(this.#arbiter);
    if (hasArbiter && (asked || parties.length === 0)) return [...answer, this.#ruling()];
    const due = this.#dueEvidence();
    if (due) return [...answer, due];
    if (hasArbiter || this.#arbiter === null && this.#isDecided(new Date().toISOString())) {
      return [...answer, { roles: others, moves: [{ action: "judge" }] }];
    }
    if (parties.length < 2) return [];
    return offer === null
      ? [{
        roles: others,
        moves: [{ action: "settle", value: "Neither owes the other anything." }],
      }]
      : answer;
  }

  /** The first piece of evidence that somebody is still to state. */
  #dueEvidence(): Awaited | undefined {
    const { terms, evidence } = this.#state;
    if (evidence.length >= MOST.evidence) return undefined;
    const undecided = this.#findings(new Date().toISOString()).filter(({ met }) => met === null);
    for (const { clause } of undecided) {
      const check = terms!.clauses.find(({ id }) => id === clause)!.check!;
      const silent = this.#askedFor(check).filter((role) =>
        this.#isHere(role) &&
        !evidence.some(({ by, name }) => by === role && folded(name) === folded(check.evidence))
      );
      if (silent.length === 0) continue;
      const moves = examplesFor(check).map((value) => ({
        action: "evidence",
        value: { name: check.evidence, value },
      }));
      return { roles: silent, moves };
    }
  }

  #ruling(): Awaited {
    const cites = idsOf(this.#state.terms!);
    const rulings = [
      { outcome: "The terms were kept.", cites, reason: "Nothing here speaks against it." },
      { outcome: "The terms were not kept.", cites, reason: "What was stated here shows it." },
    ];
    return {
      roles: [this.#arbiter!],
      moves: rulings.map((value) => ({ action: "rule", value })),
    };
  }

  #next(awaited: Awaited[]): string {
    const { phase, terms, hash, accepted } = this.#state;
    if (phase === "closed") return "The case is closed.";
    if (phase === "in_force") {
      const waits = awaited.map(({ roles, moves: [move] }) => {
        const what = isObject(move!.value) ? JSON.stringify(move!.value.name) : "";
        const to = { evidence: `state ${what}`, settle: "settle, or go on" }[move!.action];
        return `${roles.join(" and ")} to ${to ?? move!.action}`;
      });
      return (waits.length > 0 ? `It waits for ${waits.join(", and for ")}: ` : "") +
        'make_game_move game "contract", action "claim", "evidence", "judge" or "settle"' +
        (this.#arbiter === null ? "" : `; ${this.#arbiter} may "rule"`);
    }
    const missing = this.#parties.filter((party) => !accepted[party]);
    const empty = this.#empty();
    const once = empty.length > 0 ? ` once somebody has joined as ${empty.join(" and ")}` : "";
    return terms
      ? `${
        missing.join(" and ")
      } may accept${once}: make_game_move game "contract", action "accept", value "${hash}"`
      : `${
        this.#parties.join(" or ")
      } may propose: action "propose", value { title, clauses: [{ id, text }] }`;
  }
}

/** A move that is not allowed: told to the channel, and nothing else happens. */
class Violation extends Error {
  constructor(readonly reason: string, message: string) {
    super(message);
  }
}

const CHECK_TEXT =
  "A check is { evidence, from?, at_least?, at_most?, equals?, by? }: the name of a " +
  "statement; whose counts, otherwise both parties must state the same; bounds as numbers; a " +
  "text, number or boolean; and a deadline that is still to come.";

const WANTED = { number: "a number", boolean: "true or false", any: "a value" };

/** What a check needs to be judged. */
function kindOf({ at_least, at_most, equals }: Check): keyof typeof WANTED {
  if (at_least !== undefined || at_most !== undefined) return "number";
  return typeof equals === "number" || typeof equals === "boolean"
    ? typeof equals as "number" | "boolean"
    : "any";
}

/** A stated value as a check judges it: "99.9" is a number where the check is about one, and "yes"
 *  is true. Undefined for what the check can't judge. */
function valueFor(check: Check, value: Scalar | null): Scalar | null | undefined {
  const kind = kindOf(check);
  const isBound = check.at_least !== undefined || check.at_most !== undefined;
  const { equals } = check;
  if (kind === "any") return equals !== undefined && value === null ? undefined : value;
  if (kind === "number" ? typeof value === "number" : typeof value === "boolean") return value!;
  // No number equals true, and no boolean a number; but a text may be meant as either.
  if (typeof value !== "string") return isBound || value === null ? undefined : value;
  if (kind === "number") return NUMBER.test(value.trim()) ? Number(value) : undefined;
  return { true: true, yes: true, false: false, no: false }[folded(value)];
}

/** Values that meet a check, and that do not. */
function examplesFor(check: Check): Scalar[] {
  const { at_least, at_most, equals } = check;
  if (kindOf(check) === "boolean") return [true, false];
  if (kindOf(check) === "any") return equals === undefined ? [true] : [equals, "something else"];
  if (typeof equals === "number") return [equals, equals + 1];
  return at_least === undefined ? [at_most!, at_most! + 1] : [at_least, at_least - 1];
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Equal texts need not agree in case and spaces. */
function folded(value: unknown): string {
  return String(value).normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
}

function isPast(check: Check | undefined, now: number): boolean {
  return check?.by !== undefined && Date.parse(check.by) <= now;
}

/** The right form of a move, with an example. */
function how(action: Example, example: unknown = EXAMPLES[action]): string {
  return `For example: make_game_move game "contract", action "${action}", value ${
    JSON.stringify(example)
  }.`;
}

function finding(
  check: Check,
  asked: string[],
  heard: Statement[],
  now: string,
  removed: string[],
) {
  const { by, at_least = -Infinity, at_most = Infinity, equals } = check;
  const [first] = heard;
  const whose = asked.length === 1 ? asked[0] : "the parties";
  const late = by !== undefined && Date.parse(first?.ts ?? now) > Date.parse(by);
  const gone = asked.find((name) => removed.includes(name) && !heard.some((e) => e.by === name));
  if (gone !== undefined) {
    return {
      met: null,
      because: `an admin removed ${gone}, who had not stated "${check.evidence}"`,
    };
  }
  if (!first) {
    const because = `${whose} said nothing of "${check.evidence}"`;
    return { met: late ? false : null, because: because + (late ? ` by ${by}` : "") };
  }
  if (late) return { met: false, because: `"${check.evidence}" came after ${by}` };
  const silent = asked.find((name) => !heard.some((e) => e.by === name));
  if (silent) return { met: null, because: `${silent} has not confirmed "${check.evidence}"` };
  const values = heard.map(({ value }) => valueFor(check, value));
  const [value] = values;
  if (values.some((other) => folded(other) !== folded(value))) {
    return { met: null, because: `the parties differ on "${check.evidence}"` };
  }
  const bounded = check.at_least !== undefined || check.at_most !== undefined;
  const within = typeof value === "number" && value >= at_least && value <= at_most;
  const isEqual = typeof equals === "string" ? folded(value) === folded(equals) : value === equals;
  const met = (!bounded || within) && (equals === undefined || isEqual);
  return { met, because: `"${check.evidence}" is ${JSON.stringify(first.value)}` };
}

/** Reads proposed terms. Refuses what it does not know, so that nothing is accepted unread, and
 *  what could never be judged. */
function termsFrom(
  given: unknown,
  parties: [string, string],
  arbiter: string | null,
  now: number,
): Terms {
  const bad = (why: string) => new Violation("BAD_TERMS", `${why} ${how("propose")}`);
  const form = "Terms are { title?, clauses: [{ id, text, party?, check? }] }";
  if (!isObject(given)) throw bad(`${form}.`);
  const unknown = Object.keys(given).find((key) => key !== "title" && key !== "clauses");
  if (unknown !== undefined) throw bad(`${form}, without ${JSON.stringify(unknown)}.`);
  const { title = "Contract", clauses } = given;
  if (!isText(title)) throw bad(`The title is a text of at most ${MOST.text} characters.`);
  if (!Array.isArray(clauses) || clauses.length === 0 || clauses.length > MOST.clauses) {
    throw bad(`${form}, 1 to ${MOST.clauses} of them.`);
  }
  for (const [i, clause] of clauses.entries()) {
    const wrong = wrongInClause(clause, parties, now);
    if (wrong) throw bad(`Clause ${i + 1}: ${wrong}`);
  }
  const terms: Terms = { title, parties, arbiter, clauses };
  if (new Set(idsOf(terms).map(folded)).size < clauses.length) {
    throw bad("Two clauses have the same id.");
  }
  const kinds = new Map<string, string>();
  for (const { check } of terms.clauses) {
    if (!check || kindOf(check) === "any") continue;
    const other = kinds.get(folded(check.evidence)) ?? kindOf(check);
    if (other !== kindOf(check)) {
      throw bad(`"${check.evidence}" can't be a number and true or false.`);
    }
    kinds.set(folded(check.evidence), other);
  }
  if (new TextEncoder().encode(canonical(terms)).length > MOST.terms) {
    throw bad(`The terms are longer than ${MOST.terms} bytes.`);
  }
  return terms;
}

/** What is wrong in a clause, in words. */
function wrongInClause(clause: unknown, parties: string[], now: number): string | undefined {
  const form = "a clause is { id, text, party?, check? }";
  if (!isObject(clause)) return `${form}.`;
  const unknown = Object.keys(clause).find((key) =>
    !["id", "text", "party", "check"].includes(key)
  );
  if (unknown !== undefined) return `${form}, without ${JSON.stringify(unknown)}.`;
  const { id, text, party, check } = clause;
  if (!isName(id)) return `id must be a short text, such as "1".`;
  if (!isText(text, MOST.terms)) return "text must be the words of the clause.";
  if (party !== undefined && !parties.some((name) => name === party)) {
    return `party must be ${parties.map((name) => JSON.stringify(name)).join(" or ")}.`;
  }
  return check === undefined ? undefined : wrongInCheck(check, now);
}

/** What is wrong in a check, in words: a field that it does not know, a wrong type, or bounds that
 *  nothing can meet. */
function wrongInCheck(check: unknown, now: number): string | undefined {
  const example = `For example ${JSON.stringify(EXAMPLES.check)}.`;
  if (!isObject(check)) return `${CHECK_TEXT} ${example}`;
  const known = ["evidence", "from", "at_least", "at_most", "equals", "by"];
  const unknown = Object.keys(check).find((key) => !known.includes(key));
  if (unknown !== undefined) return `a check has no ${JSON.stringify(unknown)}. ${CHECK_TEXT}`;
  const { evidence, from, at_least, at_most, equals, by } = check;
  if (!isName(evidence)) return `check.evidence must be the name of a statement. ${example}`;
  if (from !== undefined && !isName(from)) return `check.from must be a name. ${example}`;
  for (const [name, bound] of Object.entries({ at_least, at_most })) {
    if (bound !== undefined && typeof bound !== "number") {
      return `check.${name} must be a number, such as 99.5, not ${JSON.stringify(bound)}.`;
    }
  }
  if (equals !== undefined && !isScalar(equals)) {
    return "check.equals must be a number, a short text, true or false.";
  }
  const [low, high] = [Number(at_least ?? -Infinity), Number(at_most ?? Infinity)];
  if (low > high) return `nothing is at least ${low} and at most ${high}.`;
  const isBound = at_least !== undefined || at_most !== undefined;
  if (isBound && equals !== undefined) {
    if (typeof equals !== "number") return "check.equals must be a number beside a bound.";
    if (equals < low || equals > high) return `${equals} is not within the bounds.`;
  }
  if (by === undefined) return undefined;
  if (!isTime(by)) {
    return 'check.by must be a time with its zone, such as "2027-06-01T12:00:00Z" or ' +
      '"2027-06-01T14:00:00+02:00".';
  }
  return isPast({ evidence, by }, now) ? `the deadline ${by} has passed.` : undefined;
}

/** An ISO 8601 time with a zone, on a day that there is. */
function isTime(value: unknown): value is string {
  const [, date = "", zone] = typeof value === "string"
    ? /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.exec(value) ?? []
    : [];
  if (zone === undefined || isNaN(Date.parse(String(value)))) return false;
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

function idsOf({ clauses }: Terms): string[] {
  return clauses.map(({ id }) => id);
}

/** Whether a name is that of a player; a label never stands for a player id. */
function isCalled({ player_id, label }: ReturnType<BotContext["players"]>[0], name: string) {
  return player_id === name || (label === name && !/^p\d+$/.test(name));
}

/** Everyone whom the terms name. */
function namesIn({ parties, arbiter, clauses }: Terms): string[] {
  const witnesses = clauses.flatMap(({ check }) => check?.from ?? []);
  return [...new Set([...parties, ...(arbiter === null ? [] : [arbiter]), ...witnesses])];
}

interface Move {
  action: string;
  value?: unknown;
  answers?: unknown;
}

const OTHER_WORDS: Record<string, string> = {
  accepted: "accept",
  agree: "accept",
  agreed: "accept",
  approve: "accept",
  deal: "accept",
  sign: "accept",
  signed: "accept",
  propose_terms: "propose",
  file_claim: "claim",
  verdict: "judge",
  ruling: "rule",
  settlement: "settle",
};

/** A move from make_game_move, an object that names one, or the texts "accept <hash>" and "judge";
 *  null when a message is none of these. A text that says less than a move that is `allowed`, such
 *  as "I agree" or "claim: it was down", is that move without its value, so that the answer names
 *  the right form. */
function moveOf(body: Record<string, unknown>, allowed: string[]): Move | null {
  const { type, game, action, value, answers } = body;
  if (type === "move" || Object.hasOwn(MOVES, actionFrom(action))) {
    const name = String(game ?? "contract").toLowerCase().replace(/[^a-z]/g, "");
    if (!["contract", "contracts", "contractjudge", "judge"].includes(name)) return null;
    return { action: actionFrom(action), value: parsed(value), answers };
  }
  const text = typeof body.text === "string" ? folded(body.text).replace(/[.!"'\s]+$/, "") : "";
  const [, judge, verb, hash] =
    /^(?:ok(?:ay)?,? |yes,? |i )*(?:(judge)|([a-z]+)(?: to)?:? (\S*[0-9a-f]{64}))$/.exec(text) ??
      [];
  if (judge) return { action: judge };
  if (actionFrom(verb) === "accept") return { action: "accept", value: hash };
  const near = /^(?:ok(?:ay)?,? |yes,? |i )*([a-z]+)(:.*|( to)?( the| these| your)? terms| it|)$/
    .exec(text)?.[1];
  const meant = near === undefined ? "" : actionFrom(near);
  return allowed.includes(meant) ? { action: meant } : null;
}

function actionFrom(action: unknown): string {
  const word = folded(action ?? "").replace(/[\s-]+/g, "_");
  return Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word]! : word;
}

/** A value that is JSON in a text is what it says. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names are keys of objects, so none that every object has. */
function isName(value: unknown): value is string {
  return isText(value, MOST.name) && !/\p{C}/u.test(value) && !(value in {});
}

function isText(value: unknown, most = MOST.text): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= most;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "number" || typeof value === "boolean" ||
    (isText(value, MOST.value) && !/\p{C}/u.test(value));
}

/** JSON with sorted keys and no spaces (RFC 8785). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
