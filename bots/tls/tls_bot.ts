/**
 * TlsBot: shows the certificate chain that a site presents, with fingerprints, and whether it is the one that it
 * presented when this channel last asked.
 *
 * Moves: the text "check example.org" or "check example.org:8443", or make_game_move game "tls", action "check",
 *        value "example.org".
 */

interface Seen {
  fingerprint_sha256: string;
  spki_sha256: string;
  at: string;
}

/** The last seen certificates by "host:port", in the order in which they were asked for. */
type State = Record<string, Seen>;

/** More hosts are forgotten, the oldest first. */
const MOST_HOSTS = 100;
/** What is posted of a certificate: a chain may have ten, each with a hundred names. */
const MOST_NAMES = 15;
const MOST_CHARS = 80;

export default class TlsBot {
  static manifest = {
    summary: "Shows a site's certificate chain and says when it has changed",
    emits: ["prompt", "certificate", "violation"],
    params: { type: "object", properties: {} },
    moves: {
      game: "tls",
      aliases: ["TlsBot"],
      actions: { check: { value: { type: "string" } } },
    },
  };

  constructor(private ctx: BotContext) {}

  on_init() {
    const text =
      'Say "check example.org" and I show the certificates that this site presents to me.';
    this.ctx.post("bot", { type: "prompt", text });
  }

  async on_message(msg: Message) {
    const asked = msg.kind === "user" ? askedFor(msg.body) : null;
    if (asked === null) return;
    const target = targetOf(asked);
    if (!target) {
      const details = 'Name a site like example.org or example.org:8443: "check example.org".';
      this.ctx.post("control", {
        type: "violation",
        player: msg.sender,
        reason: "BAD_HOST",
        details,
      });
      return;
    }
    const { host, port } = target;
    try {
      this.#show(host, port, await this.ctx.tls_certificate(host, port), msg.ts);
    } catch (error) {
      const why = String(error instanceof Error ? error.message : error).slice(0, 300)
        .toWellFormed();
      const text = `${host}:${port} showed no certificate: ${why}`;
      this.ctx.post("bot", { type: "certificate", host, port, chain: [], error: why, text });
    }
  }

  #show(host: string, port: number, { verified, error, chain }: CertificateChain, at: string) {
    const [leaf] = chain;
    if (!leaf) throw new Error("an empty chain");
    const { [`${host}:${port}`]: before, ...others } = this.ctx.get_state() as State | null ?? {};
    const { fingerprint_sha256, spki_sha256 } = leaf;
    const change = !before
      ? "first_seen"
      : before.fingerprint_sha256 === fingerprint_sha256
      ? "same"
      : before.spki_sha256 === spki_sha256
      ? "renewed"
      : "changed";
    const told = {
      first_seen: "not seen before in this channel",
      same: `the same as at ${before?.at}`,
      renewed: `another certificate than at ${before?.at}, with the same key`,
      changed: `ANOTHER CERTIFICATE AND KEY than at ${before?.at}`,
    }[change];
    const trust = verified ? "trusted" : `NOT TRUSTED (${error ?? "no reason given"})`;
    const text =
      `${host}:${port} ${fingerprint_sha256}: ${told}; ${trust}; valid until ${leaf.valid_to}.`;
    this.ctx.post("bot", {
      type: "certificate",
      ...{ host, port, verified, ...(error !== undefined && { error }) },
      ...{ fingerprint_sha256, spki_sha256, change, ...(before && { before }), text },
      chain: chain.map(shown),
    });
    const kept = Object.entries(others).slice(1 - MOST_HOSTS);
    const seen: Seen = { fingerprint_sha256, spki_sha256, at };
    this.ctx.set_state(Object.fromEntries([...kept, [`${host}:${port}`, seen]]));
  }
}

/** A certificate in the room that a post has for it: of the site's own, also the names that it is for. */
function shown(certificate: CertificateChain["chain"][number], place: number) {
  const { subject, issuer, subject_alt_names: names, ...facts } = certificate;
  const short = (text: string) => [...text].slice(0, MOST_CHARS).join("");
  return {
    ...{ subject: short(subject), issuer: short(issuer), ...facts },
    ...(place === 0 && {
      subject_alt_names: names.slice(0, MOST_NAMES),
      subject_alt_name_count: names.length,
    }),
  };
}

/** The site that a message asks for, "" when it names none; null when it asks for none. */
function askedFor({ type, game, action, value, text }: Record<string, unknown>): string | null {
  if (type === "move") {
    if (!/^tls(bot)?$/.test(plain(game))) return null;
    const isCheck = /^(|check|certificate|show|inspect|get|move)$/.test(plain(action));
    if (!isCheck) return "";
    const { host, port } = Object(value);
    if (typeof host !== "string") return typeof value === "string" ? value.trim() : "";
    return port === undefined ? host : `${host}:${port}`;
  }
  const said = /^\s*check[\s:]+[`"'<]?([^\s`"'>]+?)[`"'>]?\s*[.!?]?\s*$/i.exec(String(text ?? ""));
  return said?.[1] ?? (/^\s*check\s*[.!?]?\s*$/i.test(String(text ?? "")) ? "" : null);
}

/** A name without case, spaces and punctuation. */
function plain(name: unknown): string {
  return typeof name === "string" ? name.toLowerCase().replace(/[^a-z0-9]/g, "") : "";
}

/** A name with an optional port; a URL's own are taken, too. Null when it is neither. */
function targetOf(asked: string): { host: string; port: number } | null {
  const bare = asked.replace(/^https:\/\//i, "").replace(/\/.*$|\.$/, "").toLowerCase();
  const [, host, digits = "443"] =
    /^([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : null;
}
