/** Fetches small JSON documents from web sites of strangers, with the protection of
 *  `public_request.ts` and a bound on their size. */
import { Buffer } from "node:buffer";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { FetchFailure } from "./public_connection.ts";
import { type Answer, publicRequest, type PublicRequestOptions } from "./public_request.ts";

export { FetchFailure };

interface Fetched {
  json: unknown;
  /** How long the site allows caching (`Cache-Control`), in milliseconds; undefined if it does not
   *  say. */
  keepMs: number | undefined;
}

/** Gets a document from an https URL. Throws `FetchFailure`. */
export type FetchJson = (url: string) => Promise<Fetched>;

const HEADERS = { accept: "application/json", "accept-encoding": "identity" };

export function publicFetch(
  { withinMs = ACCOUNT_LIMITS.documentMs, ...options }: Partial<PublicRequestOptions> = {},
): FetchJson {
  const ask = publicRequest({ ...options, withinMs });
  return async (url) => await ask(new URL(url), { method: "GET", headers: HEADERS }, read);
}

/** Statuses of a site, or of a filter before it, that answers this server unlike others. */
const TURNED_AWAY = [403, 407, 429, 451];

async function read({ status, header, chunks, isWhole }: Answer): Promise<Fetched> {
  if (status >= 500 || TURNED_AWAY.includes(status)) {
    throw new FetchFailure("away", `status ${status}`);
  }
  if (status !== 200) throw new FetchFailure("unfit", `status ${status}`);
  const mediaType = (header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(mediaType)) {
    throw new FetchFailure("unfit", "the content type is not JSON");
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > ACCOUNT_LIMITS.documentBytes) {
      throw new FetchFailure("unfit", `larger than ${ACCOUNT_LIMITS.documentBytes} bytes`);
    }
    parts.push(chunk);
  }
  const fetched = { json: jsonOf(parts), keepMs: keepMsOf(header("cache-control")) };
  if (!isWhole()) throw new FetchFailure("away", "the response is incomplete");
  return fetched;
}

function jsonOf(chunks: Uint8Array[]): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new FetchFailure("unfit", "the body is not JSON");
  }
}

function keepMsOf(cacheControl = ""): number | undefined {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0;
  const [, seconds] = /\bmax-age="?(\d{1,9})\b/i.exec(cacheControl) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
