/** The attacker's kit: everything that a stranger can do with a socket, a browser and an own
 *  client. It records every answer and every secret, for the checks after each attack. */
import { createHash, randomBytes } from "node:crypto";
import { type Answer, answerOf, locationOf, verdictOf } from "./answer.ts";
import { forwardedFetch } from "../support/forwarded_fetch.ts";
import { answersIn, exchange, type Manner } from "./raw.ts";

/** Needs no consent page: a program on the person's own machine. */
export const LOOPBACK = "http://127.0.0.1:9/callback";
/** Needs a consent page. */
export const STRANGER = "https://app.example/callback";

export interface Client {
  client_id: string;
  client_secret?: string;
}

/** A code, with everything that its owner needs to redeem it. */
export interface Purchase {
  client: Client;
  code: string;
  verifier: string;
  redirectUri: string;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

export interface ConsentPage {
  answer: Answer;
  /** The cookie as a browser sends it back. */
  cookie: string;
  form: Record<string, string>;
}

export class Attacker {
  readonly answers: Answer[] = [];
  readonly secrets = new Set<string>();

  /** `carried` are headers of every request, such as those that a proxy adds. `named` is the
   *  address that the requests name, if it is not the server's own. */
  constructor(
    readonly url: string,
    readonly carried: Readonly<Record<string, string>> = {},
    readonly named?: string,
  ) {}

  /** Records a text that must never appear in a log. */
  secret<T extends string>(text: T): T {
    if (text.length >= 8) this.secrets.add(text);
    return text;
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.carried)) headers.set(name, value);
    const sent = { redirect: "manual", ...init, headers } satisfies RequestInit;
    const response = this.named === undefined
      ? await fetch(this.url + path, sent)
      : await forwardedFetch(this.url)(this.named + path, sent);
    const answer = await answerOf(response);
    this.answers.push(answer);
    return answer;
  }

  /** Sends bytes on a socket. Returns the verdicts of all answers, or `closed`, or `left open`. */
  async raw(
    bytes: string | Uint8Array<ArrayBuffer>,
    how: Manner = {},
  ): Promise<string> {
    const text = await exchange(this.url, bytes, how);
    const answers = await answersIn(text);
    this.answers.push(...answers);
    if (answers.length > 0) return answers.map(verdictOf).join(", ");
    return text === "" ? "closed" : text;
  }

  async get(path: string, headers: HeadersInit = {}): Promise<Answer> {
    return await this.send(path, { headers });
  }

  async form(
    path: string,
    form: Record<string, string> | string[][],
    headers: HeadersInit = {},
  ): Promise<Answer> {
    return await this.send(path, { method: "POST", body: new URLSearchParams(form), headers });
  }

  async json(path: string, body: unknown, headers: HeadersInit = {}): Promise<Answer> {
    return await this.send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers as Record<string, string> },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Registers a client: a public one on loopback, unless the metadata says otherwise. */
  async register(metadata: Record<string, unknown> = {}): Promise<Answer> {
    const answer = await this.json("/register", {
      client_name: "attacker",
      redirect_uris: [LOOPBACK],
      token_endpoint_auth_method: "none",
      ...metadata,
    });
    if (answer.json?.client_secret) this.secret(answer.json.client_secret);
    return answer;
  }

  async client(metadata: Record<string, unknown> = {}): Promise<Client> {
    return (await this.register(metadata)).json;
  }

  /** The parameters of an honest authorization request; `changes` replace some, and undefined omits
   *  one. */
  request(client: Client, changes: Record<string, string | undefined> = {}): [Params, string] {
    const verifier = this.secret(randomBytes(32).toString("base64url"));
    const all = {
      response_type: "code",
      client_id: client.client_id,
      redirect_uri: LOOPBACK,
      code_challenge: challengeOf(verifier),
      code_challenge_method: "S256",
      state: "st",
      ...changes,
    };
    const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] != null);
    return [Object.fromEntries(given), verifier];
  }

  async authorize(
    client: Client,
    changes: Record<string, string | undefined> = {},
    headers: HeadersInit = {},
  ): Promise<Answer> {
    const [params] = this.request(client, changes);
    return await this.get(`/oauth/authorize?${new URLSearchParams(params)}`, headers);
  }

  /** Gets a code honestly, as a guest, and gives consent if a page asks for it. */
  async buy(client?: Client, changes: Record<string, string> = {}): Promise<Purchase> {
    client ??= await this.client();
    const [params, verifier] = this.request(client, changes);
    let answer = await this.get(`/oauth/authorize?${new URLSearchParams(params)}`);
    if (answer.status === 200) answer = await this.press(this.pageOf(answer, ""));
    const code = this.secret(locationOf(answer).searchParams.get("code") ?? "");
    return { client, code, verifier, redirectUri: params.redirect_uri! };
  }

  /** Redeems a code with its own parameters; `changes` replace some, and undefined omits one. */
  async redeem(
    { client, code, verifier, redirectUri }: Purchase,
    changes: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const all = {
      grant_type: "authorization_code",
      client_id: client.client_id,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      ...changes,
    };
    return await this.token(all);
  }

  async token(form: Record<string, string | undefined>, headers: HeadersInit = {}) {
    const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] != null);
    const answer = await this.form("/token", Object.fromEntries(given), headers);
    for (const name of ["access_token", "refresh_token"]) {
      if (answer.json?.[name]) this.secret(answer.json[name]);
    }
    return answer;
  }

  async refresh(client: Client, token: string, more: Record<string, string> = {}) {
    const { client_id } = client;
    return await this.token({
      grant_type: "refresh_token",
      client_id,
      refresh_token: token,
      ...more,
    });
  }

  async signIn(client?: Client): Promise<Tokens & { client: Client }> {
    const purchase = await this.buy(client);
    return { ...(await this.redeem(purchase)).json, client: purchase.client };
  }

  /** Calls an operation over REST. */
  async rest(name: string, input: unknown, token: string, headers: HeadersInit = {}) {
    return await this.json(`/${name}`, input, { ...bearer(token), ...headers });
  }

  /** Whether the server accepts an access token: `200 ok` or `401 invalid_token`. */
  async knock(token: string): Promise<Answer> {
    return await this.rest("health_check", {}, token);
  }

  /** Opens the consent page of an unknown app, as a browser that holds `cookie`. */
  async consent(
    client: Client,
    changes: Record<string, string | undefined> = {},
    cookie = "",
  ): Promise<ConsentPage> {
    const headers = cookiesOf(cookie);
    const answer = await this.authorize(client, { redirect_uri: STRANGER, ...changes }, headers);
    return this.pageOf(answer, cookie);
  }

  /** Reads a page as a browser that held `cookie`. */
  pageOf(answer: Answer, cookie: string): ConsentPage {
    const form: Record<string, string> = {};
    for (const [, name, value] of answer.text.matchAll(HIDDEN)) form[name!] = this.secret(value!);
    const kept = new Map(
      [...cookie.split("; "), ...answer.headers.getSetCookie()].filter(Boolean).map((line) => {
        const pair = line.split(";")[0]!;
        return [pair.split("=")[0], pair];
      }),
    );
    for (const pair of kept.values()) this.secret(pair.slice(pair.indexOf("=") + 1));
    return { answer, cookie: [...kept.values()].join("; "), form };
  }

  /** Presses a button of a consent page, as a browser with these cookies. */
  async press(
    { form, cookie }: ConsentPage,
    more: Record<string, string> = { decision: "allow" },
  ): Promise<Answer> {
    return await this.form("/oauth/authorize", { ...form, ...more }, cookiesOf(cookie));
  }
}

export function cookiesOf(cookie: string): Record<string, string> {
  return cookie === "" ? {} : { cookie };
}

type Params = Record<string, string>;

const HIDDEN = /<input type="hidden" name="([^"]+)" value="([^"]*)"/g;

export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

export function basic({ client_id, client_secret }: Client): { authorization: string } {
  return { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` };
}
