/** What a bot's source may take for granted. Only for editors: the sandbox strips types. */
interface Message {
  id: number;
  channel_id: string;
  sender: string;
  kind: "user" | "bot" | "system" | "control";
  body: Record<string, unknown>;
  ts: string;
  /** The players who may read it, if not everybody: only bots with `private: true` in their
   *  manifest get such messages. */
  to?: string[] | undefined;
  cause?: number;
  hash: string;
}

/** `static manifest` of the class. */
interface BotManifest {
  summary?: string;
  /** The hosts that the bot may call; any public host if absent. */
  net?: "public" | string[];
  /** Defaults of the parameters. */
  params?: Record<string, unknown>;
  /** Whether the bot hears messages to some players only. Others can't run the hooks of such a bot
   *  again once it has heard one. */
  private?: boolean;
  [more: string]: unknown;
}

interface CertificateChain {
  verified: boolean;
  /** Why it is not verified. */
  error?: string;
  /** Leaf first; dates are ISO 8601, fingerprints `sha256:<hex>`. */
  chain: {
    subject: string;
    issuer: string;
    serial_number: string;
    valid_from: string;
    valid_to: string;
    subject_alt_names: string[];
    fingerprint_sha256: string;
    spki_sha256: string;
  }[];
}

interface BotContext {
  /** Posts to the channel when the hook returns, to everyone or to some players. At most 20 posts
   *  of 16 KiB a hook. */
  post(
    kind: "bot" | "system" | "control",
    body: Record<string, unknown> | string,
    options?: { to?: string[] | undefined },
  ): void;
  /** The value of the last set_state; null before the first. */
  get_state(): unknown;
  set_state(state: unknown): void;
  /** Ends the bot for good: the server calls it no more, and reveals its committed seed. */
  end(result?: unknown): void;
  /** The players in the channel. Anyone may take any name; the label is that of the slot, which
   *  only its invite fills. */
  players(): { player_id: string; display_name: string; label?: string }[];
  /** Calls on_timer(name) `ms` milliseconds after this hook's moment. A name has one timer: a new
   *  one replaces it. */
  set_timer(name: string, ms: number): void;
  clear_timer(name: string): void;
  /** Sealed values that were given when the bot was attached. */
  readonly env: Readonly<Record<string, string>>;
  /** Scratch files that are gone at the next hook. */
  readonly workspace: {
    write(name: string, content: string | Uint8Array): void;
    read(name: string): string | Uint8Array;
    list(): string[];
  };
  /** The global fetch: GET and POST to the hosts in `manifest.net`. */
  fetch: typeof fetch;
  /** The certificate chain that a host shows. Rejects when it can't be had. */
  tls_certificate(host: string, port?: number): Promise<CertificateChain>;
}

/** The moves of a game, in `static manifest.moves`. */
interface Moves {
  /** 1 to 24 letters, digits, _ or -. */
  game: string;
  /** Other names of the game that the bot takes. */
  aliases?: string[];
  actions: Record<string, {
    /** A JSON schema of the value, or its form in words, such as "<whole number 1 to 100>". */
    value?: string | Record<string, unknown>;
    /** A text that makes the same move, such as "guess 42". */
    text?: string;
    /** Others do not read it: `make_game_move` posts it to its player and the bots that hear
     *  private messages. Takes `private: true` beside `moves`, too. */
    private?: boolean;
  }>;
}

/** A whole move: as the arguments of `make_game_move`, it is one that the bot accepts now. */
interface LegalMove {
  action: string;
  value?: number | string | Record<string, unknown>;
}

/** What a player who remembers nothing needs to make the next move. It is paid for each turn: keep
 *  it short, and public as far as its post is. */
interface TurnHelp {
  /** How things stand. */
  position?: Record<string, unknown> | string;
  /** At most 64. One that gives the game up is never the only one. */
  legal_moves?: LegalMove[];
  /** The values of an action that has more of them than `legal_moves` should list. */
  ranges?: Record<string, { min: number; max: number }>;
  /** Until when, in ISO 8601, if the bot will not wait any longer. */
  deadline?: string;
  text?: string;
}

/** A post that says whose turn it is. */
interface TurnPost extends TurnHelp {
  type: "bot:turn";
  /** A player id, or null for nobody. */
  player?: string | null;
  /** Those who have the turn; beside `player`, those of the game. */
  players?: string[];
}

/** The same, as `now` of any post. */
interface TurnNow extends TurnHelp {
  /** The players who have the turn, several at once. Where `actions` differ, each player's legal
   *  moves are those of its own actions. */
  may?: { player: string; actions?: string[] }[];
  /** The players of the game, whoever has the turn. */
  players?: string[];
}

/** The board in a post, as its member `view`: docs/bots.md, "A board for your game". Texts are plain;
 *  a member that breaks a rule leaves the whole view out. */
type BoardView =
  & {
    /** One line above, and up to 6 below. */
    title?: string;
    note?: string;
    /** What a player was shown of what is hidden holds while this stays the same. */
    round?: string | number;
    /** The action of the moves in cells and columns. */
    action?: string;
    /** What stands for each player, by id: `{ p1: "X" }`. */
    marks?: Record<string, string>;
  }
  & (
    | { kind: "cards" | "table"; rows: BoardRow[]; columns?: BoardCell[] }
    | {
      kind: "grid";
      rows: BoardRow[];
      columns?: BoardCell[];
      checkered?: boolean;
      /** The player who looks from the other side. */
      flipped?: string;
    }
    | {
      kind: "line";
      from: number;
      to: number;
      low?: number;
      high?: number;
      points?: { at: number; text?: string }[];
    }
    | { kind: "text"; text: string }
  );

type BoardRow = BoardCell[] | { label?: string | number; cells: BoardCell[]; note?: string };

/** In a board of cards, "As" and "10h" are cards, "1" to "6" dice, and "??" and "?" hidden ones. */
type BoardCell = string | number | {
  text?: string | number;
  /** Points the cell out, as the last move or a line that wins. */
  marked?: boolean;
  /** The value that a click sends; or the values by the name of a second cell, which is the label of
   *  its column and that of its row. */
  move?: string | number | Record<string, string | number | (string | number)[]>;
};
