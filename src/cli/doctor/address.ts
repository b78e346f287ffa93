/** Checks of a server's address that need no sign-in. */
import { isLoopbackHost } from "../../kernel/loopback.ts";
import { messageOf } from "../session/exit_codes.ts";
import { type JsonAnswer, jsonOf, request } from "../session/http.ts";

/** The result of a check. `says` is one or two sentences: what is so, and how to mend it. */
export interface Finding {
  check: string;
  isGood: boolean;
  says: string;
}

const ANSWER_MS = 15_000;

export const good = (check: string, says: string): Finding => ({ check, isGood: true, says });
export const bad = (check: string, says: string): Finding => ({ check, isGood: false, says });

/** The reason of a failed `fetch`, from the innermost cause. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.cause) return reasonOf(error.cause);
  return messageOf(error).replace(/^error sending request for url \(\S+\): /, "");
}

/** Whether a server of this program answers there. */
export async function reachable(server: string): Promise<Finding> {
  const check = "reached";
  let response: Response;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    response = await fetch(`${server}/healthz`, { redirect: "manual", signal });
  } catch (error) {
    const why = reasonOf(error);
    const isCertificate = /certificate|UnknownIssuer|NotValidForName/i.test(why);
    return bad(
      check,
      isCertificate
        ? `Clients refuse the certificate of ${server}: ${why}.`
        : `Nothing answers at ${server}: ${why}.`,
    );
  }
  const { status, headers } = response;
  const answer = await jsonOf(server, response).catch(() => undefined);
  if (status >= 300 && status < 400) {
    return bad(
      check,
      `${server} redirects to ${headers.get("location")}, and clients of MCP do not follow. Give ` +
        "them the address behind it.",
    );
  }
  if (status >= 502 && status <= 504) {
    return bad(
      check,
      `A proxy answers with ${status}, since it reaches no server. Is the server running, at the ` +
        "address and port that the proxy names?",
    );
  }
  if (answer?.status !== "ok") {
    return bad(check, `What answers at ${server} is another program (status ${status}).`);
  }
  return good(check, `A server answers at ${server}.`);
}

/** Whether clients can use such an address at all. */
export function address(server: string): Finding {
  const check = "address";
  const { protocol, hostname, pathname } = new URL(server);
  if (pathname !== "/") {
    return bad(
      check,
      `Below the path ${pathname} clients find no sign-in, since they look for it at the root of ` +
        "a host. Give the server a host name of its own.",
    );
  }
  if (isLoopbackHost(hostname)) {
    return good(check, "Only programs on this machine reach it, such as Claude Code and Codex.");
  }
  if (protocol === "https:") return good(check, "It is https, as Claude and ChatGPT need it.");
  return bad(check, "It is not https: Claude and ChatGPT do not connect to it.");
}

/** What to do where a part of the server does not work. */
const PARTS: Readonly<Record<string, string>> = {
  store: "It can't write to its database. Is the disk full, or the database away?",
  sandbox: "It refuses bots: its log has the reason, with sandbox_missing.",
};

export async function health(server: string): Promise<Finding> {
  const answer = await jsonOf(server, await request(server, "/readyz"));
  const broken = Object.keys(PARTS).filter((part) => answer?.[part] === false);
  if (broken.length > 0) return bad("health", broken.map((part) => PARTS[part]).join(" "));
  return good("health", "Its database takes writes, and its sandbox answers.");
}

/** Clients compare the address that they were given with those that the server names. */
export async function name(server: string): Promise<Finding> {
  const check = "name";
  const [issuer, resource] = await Promise.all([
    document(server, "/.well-known/oauth-authorization-server", "issuer"),
    document(server, "/.well-known/oauth-protected-resource/mcp", "resource"),
  ]);
  if (issuer === server && resource === `${server}/mcp`) {
    return good(check, "The server calls itself by this address, so clients can sign in.");
  }
  const other = issuer === server ? resource : issuer;
  if (URL.canParse(other) && isLoopbackHost(new URL(other).hostname)) {
    return bad(
      check,
      `The server calls itself ${other}, so clients refuse to sign in. Set PUBLIC_URL=${server}, ` +
        "and let the proxy pass the Host header on.",
    );
  }
  return bad(
    check,
    URL.canParse(other)
      ? `The server calls itself ${other}, so clients refuse to sign in. Set PUBLIC_URL=${server}.`
      : other,
  );
}

/** The address in a document of the server, or what was answered instead. */
async function document(server: string, path: string, member: string): Promise<string> {
  const response = await request(server, path);
  const answer: JsonAnswer | undefined = await jsonOf(server, response);
  if (typeof answer?.[member] === "string") return answer[member];
  const detail = typeof answer?.detail === "string" ? `: ${answer.detail}` : "";
  return `${path} is answered with ${response.status}${detail}`;
}
