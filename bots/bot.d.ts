/** What a bot's source may take for granted. Only for editors: the sandbox strips types. */
interface Message {
  id: number;
  channel_id: string;
  sender: string;
  kind: "user" | "bot" | "system" | "control";
  body: Record<string, unknown>;
  ts: string;
  to?: string[] | undefined;
  cause?: number;
  hash: string;
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
