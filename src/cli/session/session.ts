/** A profile at a server: calls of its operations, signed in as the profile, and what is kept for
 *  it. Whoever has no sign-in yet becomes a guest where the server admits guests. */
import { type Account, AccountFile, type SignIn } from "./account.ts";
import type { Settings } from "./environment.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { jsonOf, request, strange } from "./http.ts";
import { admitsGuests, guestSignIn, metadataOf, renewed, TokenRefusal } from "./oauth.ts";
import type { Output } from "./output.ts";

// deno-lint-ignore no-explicit-any -- answers have the shapes of `src/operations/`
export type Answer = any;

/** A token that ends so soon is renewed first. */
const RESERVE_MS = 30_000;

interface CallOptions {
  /** How long the call asks the server to wait. */
  waitMs?: number;
  signal?: AbortSignal;
}

interface Posted {
  headers: Record<string, string>;
  body: string;
}

export class Session {
  readonly server: string;
  readonly #profile: string;
  readonly #clientName: string;
  readonly #out: Output;
  readonly #file: AccountFile;

  constructor({ server, clientName }: Settings, profile: string, out: Output) {
    this.server = server;
    this.#clientName = clientName;
    this.#profile = profile;
    this.#out = out;
    this.#file = new AccountFile(server, profile);
  }

  /** Calls an operation. Throws `Failure` if the server refuses or does not answer. */
  async call(name: string, input: object, options: CallOptions = {}): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(input);
    return await this.#answerOf(await this.post(`/${name}`, { headers, body }, options));
  }

  /** Posts in the name of the profile, and returns whatever answers. */
  async post(path: string, sent: Posted, options: CallOptions = {}): Promise<Response> {
    const token = await this.#token();
    const first = await this.#postWith(token, path, sent, options);
    if (first.status !== 401) return first;
    await first.body?.cancel();
    // It was revoked, or the server has forgotten it.
    return await this.#postWith(await this.#token(token), path, sent, options);
  }

  async account(): Promise<Account> {
    return await this.#file.read();
  }

  /** Replaces the sign-in, and forgets the seats of another one. */
  async signIn(make: () => Promise<SignIn>): Promise<void> {
    // A person takes minutes for it, and other commands go on meanwhile.
    const sign_in = await make();
    await this.#file.change(() => ({ sign_in, seats: {} }));
  }

  async signOut(): Promise<void> {
    await this.#file.change(() => ({ seats: {} }));
  }

  /** Keeps a channel as the one that is meant from now on, and the token of a seat in it. */
  async keepChannel(channel: string, rejoinToken?: string): Promise<void> {
    await this.#file.change((account) => {
      const seats = rejoinToken === undefined
        ? account.seats
        : { ...account.seats, [channel]: rejoinToken };
      return { ...account, channel, seats };
    });
  }

  /** The channel that a call is about, as its input names it: the given one, or that of last
   *  time. */
  async channel(given?: string): Promise<{ channel_id: string; rejoin_token?: string }> {
    const { channel, seats } = await this.account();
    const channel_id = given ?? channel;
    if (channel_id === undefined) {
      throw new Failure(
        EXIT.usage,
        "Which channel? Name one (chn_…), or create or join one first. mcpmp list shows yours.",
      );
    }
    const rejoin_token = seats[channel_id];
    return { channel_id, ...rejoin_token !== undefined && { rejoin_token } };
  }

  async #postWith(token: string, path: string, { headers, body }: Posted, options: CallOptions) {
    return await request(this.server, path, {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${token}` },
      body,
      ...options,
    });
  }

  async #answerOf(response: Response): Promise<Answer> {
    const answer = await jsonOf(this.server, response);
    if (response.ok && answer) return answer;
    if (typeof answer?.code !== "string") throw strange(this.server, response);
    const { code, detail } = answer;
    if (response.status === 401) throw this.#signInAgain(`${code}: ${detail}`);
    throw new Failure(EXIT.refused, `${code}: ${detail}`, code);
  }

  /** An access token, other than one that the server no longer takes. Processes that need a new one
   *  at once make one request: the second finds what the first has got. */
  async #token(stale?: string): Promise<string> {
    const isFresh = (kept: SignIn | undefined): kept is SignIn =>
      kept !== undefined && kept.access_token !== stale &&
      kept.expires_at - RESERVE_MS > Date.now();
    const { sign_in } = await this.#file.read();
    if (isFresh(sign_in)) return sign_in.access_token;
    const after = await this.#file.change(async (account) =>
      isFresh(account.sign_in) ? account : await this.#renewed(account)
    );
    return after.sign_in!.access_token;
  }

  async #renewed(account: Account): Promise<Account> {
    const metadata = await metadataOf(this.server);
    const { sign_in } = account;
    if (sign_in === undefined) return await this.#asGuest(account, metadata);
    try {
      return { ...account, sign_in: await renewed(this.server, metadata, sign_in) };
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      if (sign_in.kind === "person") throw this.#signInAgain(error.message);
      // The server has forgotten this guest, and with it the seats.
      this.#out.note(`The server no longer knows your guest: ${error.message}`);
      return await this.#asGuest({ seats: {} }, metadata);
    }
  }

  async #asGuest(
    account: Account,
    metadata: Awaited<ReturnType<typeof metadataOf>>,
  ): Promise<Account> {
    if (!admitsGuests(metadata)) throw this.#signInAgain("This server admits no guests.");
    const sign_in = await guestSignIn(this.server, metadata, this.#clientName);
    this.#out.note(`Signed in at ${this.server} as a new guest.`);
    return { ...account, sign_in };
  }

  #signInAgain(why: string): Failure {
    const as = this.#profile === DEFAULT_PROFILE ? "" : ` --as ${this.#profile}`;
    return new Failure(EXIT.refused, `${why} Sign in: mcpmp login${as}.`, "UNAUTHORIZED");
  }
}

export const DEFAULT_PROFILE = "default";
