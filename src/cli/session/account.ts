/** What is kept between two calls: one file for each server and profile, which only its user can
 *  read. Every change of it happens under a lock of the system, which ends with its process, so two
 *  commands at once neither lose a change nor refresh a token twice. */
import { dirname, join } from "node:path";
import * as z from "zod";
import { configFolder } from "./environment.ts";
import { EXIT, Failure, messageOf } from "./exit_codes.ts";

const SignIn = z.object({
  kind: z.enum(["guest", "person"]),
  client_id: z.string(),
  client_secret: z.string().optional(),
  access_token: z.string(),
  /** Milliseconds since 1970. */
  expires_at: z.number(),
  refresh_token: z.string().optional(),
});
export type SignIn = z.infer<typeof SignIn>;

/** What is known of a profile at a server. */
const Account = z.object({
  sign_in: SignIn.optional(),
  /** The channel that was used last. */
  channel: z.string().optional(),
  /** The rejoin token of each seat, by channel. */
  seats: z.record(z.string(), z.string()).default({}),
});
export type Account = z.infer<typeof Account>;

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Seats are forgotten from the oldest on: the server finds most of them without their token. */
const MOST_SEATS = 200;

export class AccountFile {
  readonly #server: string;
  readonly #profile: string;

  constructor(server: string, profile: string) {
    this.#server = server;
    this.#profile = profile;
  }

  /** A verb that talks to no server needs no folder for it. */
  get #path(): string {
    return join(configFolder(), encodeURIComponent(this.#server), `${this.#profile}.json`);
  }

  /** As it is now: another process may change it at any time. */
  async read(): Promise<Account> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { seats: {} };
      this.#isUnusable(error);
    }
    try {
      return Account.parse(JSON.parse(text));
    } catch {
      throw new Failure(EXIT.usage, `${this.#path} is damaged: remove it and sign in again.`);
    }
  }

  /** Changes it while no other process does, and returns what stands there then. `change` gets the
   *  newest state. */
  async change(change: (account: Account) => Account | Promise<Account>): Promise<Account> {
    using lock = await this.#lock().catch((error) => this.#isUnusable(error));
    await lock.lock(true);
    const before = await this.read();
    const after = await change(before);
    if (after === before) return after;
    if (!Account.safeParse(after).success) {
      throw new Failure(
        EXIT.unreachable,
        `What answers at ${this.#server} is no server of MCP Multiplayer: its answer makes no sense.`,
      );
    }
    await this.#write(after).catch((error) => this.#isUnusable(error));
    return after;
  }

  async #lock(): Promise<Deno.FsFile> {
    await Deno.mkdir(dirname(this.#path), { recursive: true, mode: PRIVATE_FOLDER });
    return await Deno.open(`${this.#path}.lock`, { create: true, write: true, mode: PRIVATE_FILE });
  }

  #isUnusable(error: unknown): never {
    throw new Failure(EXIT.usage, `Cannot keep your sign-in in ${this.#path}: ${messageOf(error)}`);
  }

  /** Whoever reads meanwhile sees the whole file, of before or of now. */
  async #write(account: Account): Promise<void> {
    const seats = Object.fromEntries(Object.entries(account.seats).slice(-MOST_SEATS));
    const text = JSON.stringify({ ...account, seats }, null, 2);
    const written = `${this.#path}.new`;
    await Deno.remove(written).catch(() => {});
    await Deno.writeTextFile(written, `${text}\n`, { mode: PRIVATE_FILE, createNew: true });
    await Deno.rename(written, this.#path);
  }
}
