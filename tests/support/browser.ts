/** A browser for tests: it stores cookies by host and path, follows redirects, fills forms, and
 *  enforces a page's `form-action` for every redirect of a form, as Chrome does. It runs no
 *  scripts, because no page here needs one. */
import assert from "node:assert/strict";

export interface Page {
  url: URL;
  /** 0: the address is out of reach, such as an app's. The browser stopped before requesting it. */
  status: number;
  headers: Headers;
  html: string;
}

interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
}

/** A site that is not reached over the network. */
export type Site = (request: Request) => Response | Promise<Response>;

const NOWHERE: Page = { url: new URL("about:blank"), status: 0, headers: new Headers(), html: "" };
const MAX_REDIRECTS = 20;

export class Browser {
  page = NOWHERE;
  /** Further addresses that are out of reach. */
  stopAt: RegExp | undefined;
  /** Every requested address, in order. */
  readonly trail: URL[] = [];
  readonly #sites: Record<string, Site>;
  #cookies: Cookie[] = [];

  /** `sites`, by origin, are reachable in addition to those on the loopback network. */
  constructor(sites: Record<string, Site> = {}) {
    this.#sites = sites;
  }

  async open(address: string | URL): Promise<Page> {
    return await this.#go(new URL(address), { method: "GET" });
  }

  /** Follows the link with this text. */
  async follow(text: string): Promise<Page> {
    const links = [...this.page.html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/g)];
    const [, href] = links.find((link) => decoded(link[2]!).trim() === text) ?? [];
    assert.ok(href !== undefined, `no link "${text}" in ${this.page.html}`);
    return await this.open(new URL(decoded(href), this.page.url));
  }

  /** Presses the button with this text, after filling fields of its form. */
  async press(text: string, fields: Record<string, string> = {}): Promise<Page> {
    const { action, method, values } = this.form(text);
    const form = new URLSearchParams({ ...values, ...fields });
    assert.equal(method, "post");
    return await this.send(action, form);
  }

  /** Posts a form as if from the current page. */
  async send(action: string | URL, form: URLSearchParams | Record<string, string>): Promise<Page> {
    const allowed = formAction(this.page);
    const init = { method: "POST", body: new URLSearchParams(form) };
    return await this.#go(new URL(action, this.page.url), init, allowed);
  }

  /** The request that the button with this text would send. */
  form(text: string): { action: string; method: string; values: Record<string, string> } {
    for (const [, head, body] of this.page.html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
      const values = fieldsIn(body!);
      for (const [, button, label] of body!.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)) {
        if (decoded(label!).trim() !== text) continue;
        const name = attribute(button!, "name");
        if (name !== undefined) values[name] = attribute(button!, "value") ?? "";
        const action = attribute(button!, "formaction") ?? attribute(head!, "action") ??
          this.page.url.href;
        return { action, method: attribute(head!, "method") ?? "get", values };
      }
    }
    throw new Error(`no button "${text}" in ${this.page.html}`);
  }

  cookie(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  /** Plants a cookie, as an attacker on another port or a subdomain might. */
  plant(name: string, value: string, host: string): void {
    this.#keep({ name, value, host, path: "/" });
  }

  async #go(url: URL, init: RequestInit, allowed?: RegExp): Promise<Page> {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      if (allowed && url.origin !== this.page.url.origin) {
        assert.match(url.href, allowed, "form-action lets a form lead there");
      }
      this.trail.push(url);
      const isFar = this.stopAt?.test(url.href) || !isNear(url);
      const site = this.#sites[url.origin] ?? (isFar ? undefined : fetch);
      if (site === undefined) return this.page = { ...NOWHERE, url };
      const request = new Request(url, { ...init, redirect: "manual", headers: this.#sent(url) });
      const response = await site(request);
      for (const header of response.headers.getSetCookie()) this.#take(header, url);
      const location = response.headers.get("location");
      if (location === null || response.status < 300 || response.status > 399) {
        const { status, headers } = response;
        return this.page = { url, status, headers, html: await response.text() };
      }
      await response.body?.cancel();
      url = new URL(location, url);
      init = { method: "GET" };
    }
    throw new Error(`redirected in circles, last to ${url}`);
  }

  #sent(url: URL): Headers {
    const sent = this.#cookies.filter(({ host, path }) =>
      host === url.hostname && url.pathname.startsWith(path)
    );
    const header = sent.map(({ name, value }) => `${name}=${value}`).join("; ");
    return new Headers(header === "" ? {} : { cookie: header });
  }

  #take(header: string, url: URL): void {
    const [pair = "", ...attributes] = header.split(/; */);
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
    const given = new Map(attributes.map((text) => {
      const [key = "", value = ""] = text.split("=");
      return [key.toLowerCase(), value];
    }));
    const path = given.get("path") || "/";
    if (name.startsWith("__Host-")) {
      assert.ok(given.has("secure") && path === "/" && !given.has("domain"), header);
      assert.equal(url.protocol, "https:");
    }
    this.#keep({ name, value, host: url.hostname, path });
    const expires = given.get("expires");
    const isOver = given.get("max-age") === "0" || (expires && new Date(expires) < new Date());
    if (isOver) this.#cookies.pop();
  }

  #keep(cookie: Cookie): void {
    this.#cookies = this.#cookies.filter(({ name, host, path }) =>
      name !== cookie.name || host !== cookie.host || path !== cookie.path
    );
    this.#cookies.push(cookie);
  }
}

/** What a form sends as it is. */
function fieldsIn(form: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, tag, head, body = ""] of form.matchAll(FIELD)) {
    const name = attribute(head!, "name");
    if (name === undefined) continue;
    if (tag === "textarea") values[name] = decoded(body).replace(/^\n/, "");
    else if (tag === "select") {
      const options = [...body.matchAll(/<option([^>]*)>/g)].map(([, option]) => option!);
      const chosen = options.find((option) => /\bselected\b/.test(option)) ?? options[0]!;
      values[name] = attribute(chosen, "value") ?? "";
    } else {
      const isTick = /^(checkbox|radio)$/.test(attribute(head!, "type") ?? "");
      if (isTick && !/\bchecked\b/.test(head!)) continue;
      values[name] = attribute(head!, "value") ?? "";
    }
  }
  return values;
}
const FIELD = /<(input|select|textarea)((?:"[^"]*"|[^>"])*)>(?:([^]*?)<\/\1>)?/g;

/** Whether an address is on the loopback network, except port 9, which stands for addresses without
 *  a listener. */
function isNear(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && ["127.0.0.1", "localhost"].includes(url.hostname) &&
    url.port !== "9";
}

/** The addresses that a page's policy allows for forms; undefined if it has no policy. */
function formAction({ headers }: Page): RegExp | undefined {
  const [, sources] = /form-action ([^;]*)/.exec(headers.get("content-security-policy") ?? "") ??
    [];
  if (sources === undefined) return undefined;
  const schemes = sources.split(" ").filter((source) => source !== "'self'");
  assert.ok(schemes.every((source) => /^[a-z][a-z0-9.-]*:$/.test(source)), sources);
  return new RegExp(`^(?:${schemes.join("|").replaceAll(".", "\\.")})`);
}

function attribute(tag: string, name: string): string | undefined {
  const [, value] = new RegExp(`\\b${name}="([^"]*)"`).exec(tag) ?? [];
  return value === undefined ? undefined : decoded(value);
}

function decoded(html: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name) => named[name]!);
}
