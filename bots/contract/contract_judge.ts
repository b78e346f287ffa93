/**
 * ContractJudge: two parties accept the same terms by their hash; claims and evidence are recorded; the verdict
 * cites clauses. It comes from the rules that the clauses carry, or from an arbiter whom the terms name, or the
 * parties settle. Terms that both have accepted cannot be changed by anyone.
 *
 * params: title; clauses = [{ id, text, party?, check? }]; parties = ["p1", "p2"] and arbiter: slot labels or
 *         player ids.
 * A check is { evidence: "uptime", from?, at_least?, at_most?, equals?, by? }: it is met when `from` has stated that
 * evidence, or where nobody is named both parties have stated the same, within the bounds and by the time.
 * Moves: make_game_move game "contract", action "propose" { title?, clauses }, "accept" <terms_hash>,
 *        "claim" { clause, text }, "evidence" { name, value?, text? }, "judge", "settle" <outcome>, and for the
 *        arbiter "rule" { outcome, cites: [clause ids], reason }; or the texts "accept sha256:..." and "judge".
 */

type Scalar = string | number | boolean;

interface Check {
  evidence: string;
  /** Whose word counts; without it both parties must say the same. */
  from?: string;
  at_least?: number;
  at_most?: number;
  equals?: Scalar;
  /** ISO 8601. */
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
const MOST = { terms: 7_000, clauses: 20, evidence: 60, name: 40, value: 60, text: 300 };

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
};

export default class ContractJudge {
  static manifest = {
    summary: "Holds two parties to terms accepted by hash; its verdict cites their clauses",
    emits: ["terms", "roles", "accepted", "agreement", "recorded", "findings", "verdict"],
    params: { title: "Contract", clauses: [], parties: ["p1", "p2"], arbiter: null },
    net: [],
  };

  #state: State;
  #parties: [string, string];
  #arbiter: string | null;
  #posts: { kind: "bot" | "control"; body: Record<string, unknown> }[] = [];

  constructor(private ctx: BotContext, private params: Record<string, unknown>) {
    const { parties, arbiter } = params;
    const [a, b] = Array.isArray(parties) ? parties : [];
    this.#parties = isName(a) && isName(b) && a !== b ? [a, b] : ["p1", "p2"];
    this.#arbiter = isName(arbiter) && !this.#parties.includes(arbiter) ? arbiter : null;
    this.#state = ctx.get_state() as State | null ?? EMPTY_CASE;
  }

  async on_init() {
    const { title, clauses } = this.params;
    const offered = Array.isArray(clauses) && clauses.length > 0;
    if (offered) await this.#attempt("", () => this.#propose({ title, clauses }));
    else this.#say("bot", { type: "prompt", text: "A party proposes the terms." });
    this.#finish();
  }

  on_join(_player_id: string) {
    if (this.#state.phase === "open") this.#fillRoles();
    this.#finish();
  }

  on_leave(player_id: string) {
    const { roles, phase } = this.#state;
    const role = Object.keys(roles).find((name) => roles[name] === player_id);
    if (role === undefined || phase === "closed") return;
    const bound = phase === "in_force";
    this.#say("bot", { type: "role_left", role, player: player_id, still_bound: bound });
    if (!bound) {
      delete roles[role];
      this.#state.accepted = {};
      this.#fillRoles();
    }
    this.#finish();
  }

  async on_message(msg: Message) {
    const move = msg.kind === "user" ? moveOf(msg.body) : null;
    if (!move || this.#state.phase === "closed") return;
    await this.#attempt(msg.sender, () => this.#act(move.action, move.value, msg));
    this.#finish();
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

  async #act(action: string, value: unknown, msg: Message) {
    if (!Object.hasOwn(MOVES, action)) {
      throw new Violation("BAD_MOVE", `Actions: ${Object.keys(MOVES).join(", ")}.`);
    }
    const { phase, who } = MOVES[action as keyof typeof MOVES];
    const { terms, roles } = this.#state;
    const role = Object.keys(roles).find((name) => roles[name] === msg.sender);
    const fits = who === "a party"
      ? this.#parties.includes(role ?? "")
      : who === "anyone" || role === this.#arbiter;
    if (role === undefined || !fits) {
      throw new Violation("NOT_YOUR_ROLE", `To ${action} is for ${who} whom the terms name.`);
    }
    if (phase !== this.#state.phase) {
      if (phase === "in_force") throw new Violation("NOT_IN_FORCE", "First both parties accept.");
      throw new Violation(
        "TERMS_FIXED",
        "Both parties have accepted: nobody can change the terms.",
      );
    }
    if (action === "propose") return await this.#propose(value, role);
    if (!terms) throw new Violation("NO_TERMS", "There are no terms yet: propose some.");
    const given = isObject(value) ? value : {};
    if (action === "accept") this.#accept(terms, role, value, msg);
    if (action === "claim") this.#claim(terms, role, given, msg);
    if (action === "evidence") this.#evidence(role, given, msg);
    if (action === "judge") this.#judge(terms, msg);
    if (action === "settle") this.#settle(terms, role, value, msg);
    if (action === "rule") this.#rule(terms, given, msg);
  }

  async #propose(value: unknown, by = "params") {
    const terms = termsFrom(value, this.#parties, this.#arbiter);
    const text = canonical(terms);
    if (new TextEncoder().encode(text).length > MOST.terms) {
      throw new Violation("BAD_TERMS", `The terms are longer than ${MOST.terms} bytes.`);
    }
    const state = this.#state;
    state.terms = terms;
    state.hash = `sha256:${await sha256(text)}`;
    state.accepted = {};
    const message =
      "terms_hash = sha256 of text; both parties accept this hash, or propose other terms";
    this.#say("bot", { type: "terms", terms_hash: state.hash, text, by, message });
    const names = namesIn(terms);
    for (const name of Object.keys(state.roles)) {
      if (!names.includes(name)) delete state.roles[name];
    }
    this.#fillRoles();
  }

  /** Whoever sits in the slot of a name of the terms takes that role; a label never stands for a player id. */
  #fillRoles() {
    const { terms, roles } = this.#state;
    const before = Object.keys(roles).length;
    for (const name of terms ? namesIn(terms) : this.#parties) {
      const player = this.ctx.players().find(({ player_id, label }) =>
        !Object.values(roles).includes(player_id) &&
        (player_id === name || (label === name && !/^p\d+$/.test(name)))
      );
      if (player) roles[name] ??= player.player_id;
    }
    if (Object.keys(roles).length > before) this.#say("bot", { type: "roles", roles });
  }

  #accept(terms: Terms, role: string, value: unknown, msg: Message) {
    const { hash, roles, accepted } = this.#state;
    const empty = namesIn(terms).filter((name) => roles[name] === undefined);
    if (empty.length > 0) {
      throw new Violation("ROLE_EMPTY", `Nobody has joined as ${empty.join(", ")} yet.`);
    }
    if (String(value).replace(/^(sha256:)?/, "sha256:") !== hash) {
      throw new Violation("WRONG_HASH", `The terms on the table have the hash ${hash}.`);
    }
    accepted[role] = { player: msg.sender, entry: msg.id };
    this.#say("bot", { type: "accepted", party: role, terms_hash: hash, entry: msg.id });
    if (!this.#parties.every((party) => accepted[party])) return;
    this.#state.phase = "in_force";
    this.#say("bot", { type: "agreement", terms_hash: hash, roles, accepted });
  }

  #claim(terms: Terms, by: string, { clause }: Record<string, unknown>, msg: Message) {
    const known = terms.clauses.find(({ id }) => id === clause);
    if (!known) throw new Violation("NO_SUCH_CLAUSE", `Clauses: ${idsOf(terms).join(", ")}.`);
    if (!this.#state.claims.includes(known.id)) this.#state.claims.push(known.id);
    this.#say("bot", { type: "recorded", what: "claim", clause: known.id, by, entry: msg.id });
  }

  #evidence(by: string, { name, value = null }: Record<string, unknown>, msg: Message) {
    const { evidence } = this.#state;
    if (!isName(name) || !(value === null || isScalar(value))) {
      throw new Violation(
        "BAD_EVIDENCE",
        "Evidence is { name, value?, text? }, the value a number, text or boolean.",
      );
    }
    if (evidence.some((e) => e.by === by && e.name === name)) {
      throw new Violation("ALREADY_STATED", `You have stated "${name}" before, and that stands.`);
    }
    if (evidence.length >= MOST.evidence) {
      throw new Violation("TOO_MUCH", "No more evidence is taken.");
    }
    evidence.push({ by, name, value, ts: msg.ts, entry: msg.id });
    this.#say("bot", { type: "recorded", what: "evidence", name, value, by, entry: msg.id });
  }

  #judge(terms: Terms, msg: Message) {
    const findings = this.#findings(terms, msg.ts);
    const undecided = findings.filter(({ met }) => met === null);
    const checked = findings.length > 0;
    if (this.#arbiter !== null || undecided.length > 0 || !checked) {
      const text = this.#arbiter !== null
        ? `${this.#arbiter} rules.`
        : checked
        ? "No verdict while a clause is undecided."
        : "No clause carries a rule: the parties can only settle.";
      this.#say("bot", { type: "findings", findings, text });
      return;
    }
    const broken = findings.filter(({ met }) => !met);
    const blamed = [...new Set(broken.map(({ party }) => party ?? "nobody in particular"))];
    const outcome = broken.length === 0 ? "kept" : `broken by ${blamed.join(" and ")}`;
    const cites = (broken.length > 0 ? broken : findings).map(({ clause }) => clause);
    this.#decide({ by: "rules", outcome, cites, findings });
  }

  #rule(terms: Terms, { outcome, cites, reason }: Record<string, unknown>, msg: Message) {
    const ids = idsOf(terms);
    const cited = Array.isArray(cites) && cites.length > 0 && cites.every((id) => ids.includes(id));
    if (!isText(outcome) || !isText(reason) || !cited) {
      const form = `{ outcome, cites, reason }, with cites from ${ids.join(", ")}`;
      throw new Violation("BAD_RULING", `A ruling is ${form}.`);
    }
    const findings = this.#findings(terms, msg.ts);
    this.#decide({ by: "arbiter", outcome, cites, reason, findings, entry: msg.id });
  }

  #settle(terms: Terms, role: string, value: unknown, msg: Message) {
    const outcome = isObject(value) ? value.outcome : value;
    if (!isText(outcome)) throw new Violation("BAD_MOVE", "Settle on an outcome, as a text.");
    const { settlements, claims } = this.#state;
    settlements[role] = outcome;
    this.#say("bot", { type: "recorded", what: "settlement", by: role, outcome, entry: msg.id });
    if (this.#parties.some((party) => settlements[party] !== outcome)) return;
    const findings = this.#findings(terms, msg.ts);
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
  #findings(terms: Terms, now: string): Finding[] {
    return terms.clauses.flatMap(({ id, party = null, check }) => {
      if (!check) return [];
      const said = this.#state.evidence.filter(({ name }) => name === check.evidence);
      const asked = check.from === undefined ? this.#parties : [check.from];
      // In the order in which they came: the first one's time counts, the other one's confirms it.
      const heard = said.filter(({ by }) => asked.includes(by));
      const entries = heard.map(({ entry }) => entry);
      return [{ clause: id, party, ...finding(check, asked, heard, now), entries }];
    });
  }

  #say(kind: "bot" | "control", body: Record<string, unknown>) {
    this.#posts.push({ kind, body: structuredClone(body) });
  }

  /** Every post of a hook tells what comes next. */
  #finish() {
    this.ctx.set_state(this.#state);
    const next = this.#next();
    for (const { kind, body } of this.#posts) this.ctx.post(kind, { ...body, next });
  }

  #next(): string {
    const { phase, terms, hash, accepted } = this.#state;
    if (phase === "closed") return "The case is closed.";
    if (phase === "in_force") {
      return 'make_game_move game "contract", action "claim", "evidence", "judge" or "settle"' +
        (this.#arbiter === null ? "" : `; ${this.#arbiter} may "rule"`);
    }
    const missing = this.#parties.filter((party) => !accepted[party]);
    return terms
      ? `${
        missing.join(" and ")
      } may accept: make_game_move game "contract", action "accept", value "${hash}"`
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

function finding(check: Check, asked: string[], heard: Statement[], now: string) {
  const { by, at_least = -Infinity, at_most = Infinity, equals } = check;
  const [first] = heard;
  const whose = asked.length === 1 ? asked[0] : "the parties";
  const late = by !== undefined && Date.parse(first?.ts ?? now) > Date.parse(by);
  if (!first) {
    const because = `${whose} said nothing of "${check.evidence}"`;
    return { met: late ? false : null, because: because + (late ? ` by ${by}` : "") };
  }
  if (late) return { met: false, because: `"${check.evidence}" came after ${by}` };
  const silent = asked.find((name) => !heard.some((e) => e.by === name));
  if (silent) return { met: null, because: `${silent} has not confirmed "${check.evidence}"` };
  if (heard.some(({ value }) => value !== first.value)) {
    return { met: null, because: `the parties differ on "${check.evidence}"` };
  }
  const { value } = first;
  const bounded = check.at_least !== undefined || check.at_most !== undefined;
  const within = typeof value === "number" && value >= at_least && value <= at_most;
  const met = (!bounded || within) && (equals === undefined || value === equals);
  return { met, because: `"${check.evidence}" is ${JSON.stringify(value)}` };
}

/** Reads proposed terms; what it does not know it refuses, so that nothing is accepted unread. */
function termsFrom(value: unknown, parties: [string, string], arbiter: string | null): Terms {
  const bad = (why: string) => new Violation("BAD_TERMS", why);
  const form = "Terms are { title?, clauses: [{ id, text, party?, check? }] }";
  const needed: Record<string, unknown> = { id: null, text: null };
  const clauseFields: Fields = {
    id: isName,
    text: (text) => isText(text, MOST.terms),
    party: (party) => parties.some((name) => name === party),
    check: isCheck,
  };
  if (!fitsFields(value, { title: isText, clauses: Array.isArray })) throw bad(`${form}.`);
  const { title = "Contract", clauses = [] } = value as Partial<Terms>;
  if (clauses.length === 0 || clauses.length > MOST.clauses) {
    throw bad(`${form}, 1 to ${MOST.clauses} of them.`);
  }
  for (const [i, clause] of clauses.entries()) {
    if (!fitsFields({ ...needed, ...clause }, clauseFields)) {
      throw bad(
        `Clause ${i + 1} is not { id, text, party?, check? }, or its party or check is wrong.`,
      );
    }
  }
  const terms = { title, parties, arbiter, clauses };
  if (new Set(idsOf(terms)).size < clauses.length) throw bad("Two clauses have the same id.");
  return terms;
}

type Fields = Record<string, (value: unknown) => boolean>;

/** Whether a value is an object with none but these fields, each of its kind. */
function fitsFields(value: unknown, fields: Fields): boolean {
  return isObject(value) &&
    Object.entries(value).every(([key, given]) =>
      Object.hasOwn(fields, key) && fields[key]!(given)
    );
}

function isCheck(value: unknown): boolean {
  const isNumber = (given: unknown) => typeof given === "number";
  const isTime = (given: unknown) =>
    /^\d{4}-\d\d-\d\dT.*Z$/.test(String(given)) && !isNaN(Date.parse(String(given)));
  const bounds = { at_least: isNumber, at_most: isNumber, equals: isScalar, by: isTime };
  return isObject(value) && "evidence" in value &&
    fitsFields(value, { evidence: isName, from: isName, ...bounds });
}

function idsOf({ clauses }: Terms): string[] {
  return clauses.map(({ id }) => id);
}

/** Everyone whom the terms name. */
function namesIn({ parties, arbiter, clauses }: Terms): string[] {
  const witnesses = clauses.flatMap(({ check }) => check?.from ?? []);
  return [...new Set([...parties, ...(arbiter === null ? [] : [arbiter]), ...witnesses])];
}

/** A move from make_game_move, or the texts "accept <hash>" and "judge"; null when a message is neither. */
function moveOf(body: Record<string, unknown>): { action: string; value?: unknown } | null {
  if (body.type === "move" && body.game === "contract") {
    return { action: String(body.action), value: body.value };
  }
  const text = typeof body.text === "string" ? body.text.trim() : "";
  const said = /^(?:(judge)|(accept)\s+(\S+))$/i.exec(text);
  return said ? { action: (said[1] ?? said[2])!.toLowerCase(), value: said[3] } : null;
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
