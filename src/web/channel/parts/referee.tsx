/** What a person may know of a referee before trusting it. The same on the server and in the
 *  browser: see `board.tsx`. */
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import type { Referee } from "./scene_data.ts";

const LANGUAGES = { javascript: "JavaScript", typescript: "TypeScript", python: "Python" };
const MIB = 1024 * 1024;

/** `source` is the address of its source. */
export function refereeCard(referee: Referee, source?: string) {
  const { name, version, summary, language, code_hash, net, ended, paused } = referee;
  const state = ended ? ", has ended" : paused ? ", is paused" : "";
  return (
    <dl class="facts">
      <dt>Referee{state}</dt>
      <dd>
        <b>
          <bdi>{name}</bdi>
        </b>{" "}
        <bdi class="quiet">{version}</bdi>
        {summary && (
          <>
            : <bdi>{summary}</bdi>
          </>
        )}
      </dd>
      <dt>Source</dt>
      <dd>
        {LANGUAGES[language]}
        {source !== undefined && (
          <>
            , <a href={source}>read it</a>
          </>
        )}
        {hashOf(code_hash)}
      </dd>
      <dt>Hears</dt>
      <dd>
        {referee.private ?? true
          ? "all that is said, private messages too"
          : "what is said to everybody, and no private message"}
      </dd>
      <dt>Network</dt>
      <dd>{net.length === 0 ? "none" : net === "public" ? "any public host" : net.join(", ")}</dd>
      <dt>Limits</dt>
      <dd>{limitsOf(referee)}</dd>
    </dl>
  );
}

/** Its first characters, and the whole hash at a click. */
function hashOf(hash: string) {
  return (
    <details class="hash">
      <summary>
        SHA-256 <code>{hash.replace("sha256:", "").slice(0, 8)}</code>
      </summary>
      <code>{hash}</code>
    </details>
  );
}

function limitsOf({ language }: Referee): string {
  const isPython = language === "python";
  const steps = isPython ? BOT_LIMITS.pythonFuel : BOT_LIMITS.guestFuel;
  const bytes = isPython ? BOT_LIMITS.pythonMemoryBytes : BOT_LIMITS.guestMemoryBytes;
  return `for each entry ${steps / 1e6} million steps, which take a second or two, and ` +
    `${bytes / MIB} MiB of memory`;
}
