/** What came of a try of a referee: the log and the board that players would see, the hooks that
 *  ran, the state, and where it failed. */
import { type DryRun, workOf } from "../../channels/running/dry_runs.ts";
import type { HookOutcome } from "../../domain/bot/bot.ts";
import { boardOf } from "../../domain/board/board.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { utf8Length } from "../../domain/limits/bounded_json.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import { canonicalText } from "../../kernel/json.ts";
import { boardOfView } from "../channel/parts/board.tsx";
import { namesOf } from "../channel/parts/names.ts";
import { lineOf, turnText } from "../channel/parts/scene.tsx";
import { listing } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";

/** The characters of a state that the page shows, and the lines around a wrong one. */
const SHOWN_CHARS = 4_000;
const AROUND = 2;

export function triedPage(run: DryRun): Html {
  const { entries, hooks, channel, bot, memory, stopped } = run;
  const names = namesOf(viewOf(channel).slots);
  const board = boardOf(entries);
  const posts = entries.filter(({ sender }) => sender === `bot:${bot.bot_id}`).length;
  return (
    <section aria-labelledby="tried">
      <h2 id="tried">What happened</h2>
      {stopped === "failed" ? failure(run) : (
        <p role="status">
          <b>It ran.</b> {hooks.length} {hooks.length === 1 ? "hook" : "hooks"} ran and made {posts}
          {" "}
          {posts === 1 ? "post" : "posts"}.{bot.ended && " The game is over."}
          {stopped === "spent" &&
            ` The try ended there: its hooks do at most ${SHARED_WORK.triedBudgets} times the work ` +
              "that one hook may do."}
        </p>
      )}
      {missing(run)}
      <div class="scene">
        <section aria-label="Board">
          {boardOfView(board.view, names, false)}
          <p class="turn">{turnText({ board, closed: false }, names, null)}</p>
        </section>
        <section aria-label="Log">
          <h3>Log</h3>
          <ol class="log" tabindex={0}>{entries.map((entry) => lineOf(entry, names))}</ol>
        </section>
      </div>
      {printed(run)}
      <details>
        <summary>Hooks, state and what is announced</summary>
        <h3>Hooks</h3>
        <ol>
          {hooks.map(({ hook, entry, outcome, trace }) => (
            <li>
              <code>{hook}</code>, called by entry {entry}: {outcomeText(outcome)}
              {trace && `, ${workText(workOf(bot, trace))} of the work that a hook may do`}
            </li>
          ))}
        </ol>
        <h3>State</h3>
        {listing(stateText(memory.state))}
        {facts(run)}
      </details>
    </section>
  );
}

/** What the hooks used that a try does not have, if they did. */
function missing({ hooks }: DryRun): Html | null {
  const asks = hooks.some(({ asked }) => asked);
  const sets = hooks.some(({ outcome }) =>
    outcome.kind === "done" && outcome.timers?.some(({ due_ms }) => due_ms !== null)
  );
  const parts = [asks && "its requests fail", sets && "its timers never come due"].filter(Boolean);
  if (parts.length === 0) return null;
  return <p>A try has no network and sets off no timers, so here {parts.join(" and ")}.</p>;
}

/** What the hooks wrote with `console.log` and `print`, if they did. */
function printed({ hooks }: DryRun): Html | null {
  const said = hooks.filter(({ trace }) => trace && trace.log.length > 0);
  if (said.length === 0) return null;
  return (
    <section aria-label="Printed">
      <h3>Printed</h3>
      {said.map(({ hook, entry, trace }) => (
        <>
          <p class="quiet">
            <code>{hook}</code>, called by entry {entry}
          </p>
          {listing(trace!.log.map((line) => `${line}\n`).join(""))}
        </>
      ))}
      <p class="quiet">Only you see this. In a channel, its admins do.</p>
    </section>
  );
}

/** A share of the whole. */
function workText(share: number): string {
  const percent = share * 100;
  return percent < 1 ? "less than 1 %" : `${Math.round(percent)} %`;
}

function facts({ source, bot, memory }: DryRun): Html {
  const { net, params, imports } = bot;
  const timers = Object.keys(memory.timers);
  const isTold = net === "public" || net.length > 0;
  return (
    <dl class="facts">
      <dt>Class</dt>
      <dd>
        <code>{bot.class_name}</code>, {bot.language}, with {bot.hooks.join(", ")}
      </dd>
      <dt>SHA-256 of the source</dt>
      <dd>
        <code>{bot.code_hash}</code>
      </dd>
      <dt>Parameters</dt>
      <dd>
        <code>{JSON.stringify(params)}</code>
      </dd>
      <dt>Network</dt>
      <dd>
        {net === "public" ? "any public host: declare net: [] for none" : net.join(", ") || "none"}
        {isTold && ". A try has no network, so requests fail here."}
      </dd>
      {imports.length > 0 && (
        <>
          <dt>Modules</dt>
          <dd>{imports.map(({ name, version }) => `${name} ${version}`).join(", ")}</dd>
        </>
      )}
      {timers.length > 0 && (
        <>
          <dt>Timers that are set, and do not run in a try</dt>
          <dd>
            <bdi>{timers.join(", ")}</bdi>
          </dd>
        </>
      )}
      <dt>Limits</dt>
      <dd>
        source {shareOf(utf8Length(source), BOT_LIMITS.botSourceBytes)}, state{" "}
        {shareOf(utf8Length(canonicalText(memory.state)), BOT_LIMITS.botStateBytes)}, at most{" "}
        {BOT_LIMITS.hookPosts} posts of a hook
      </dd>
    </dl>
  );
}

function shareOf(bytes: number, most: number): string {
  return `${bytes.toLocaleString("en")} of ${most.toLocaleString("en")} bytes`;
}

function failure({ source, hooks }: DryRun): Html {
  const { hook, outcome } = hooks.at(-1)!;
  const line = "line" in outcome ? outcome.line : undefined;
  return (
    <div class="problem" role="alert">
      <p>
        <b>
          <code>{hook}</code> failed{line !== undefined && ` at line ${line}`}.
        </b>{" "}
        {outcomeText(outcome)}
      </p>
      {line !== undefined && excerpt(source, line)}
      <p>In a channel, everybody would see this in the log, and the hook would have no effect.</p>
    </div>
  );
}

/** The lines around one of a source, which is marked. */
export function excerpt(source: string, line: number): Html | null {
  const lines = source.split("\n");
  if (line < 1 || line > lines.length) return null;
  const from = Math.max(1, line - AROUND);
  const shown = lines.slice(from - 1, line + AROUND);
  return (
    <pre class="source" tabindex={0}><code>{shown.map((text, i) => {
      const at = from + i;
      const numbered = `${String(at).padStart(4)}  ${text}`;
      return at === line ? <mark>{numbered}</mark> : `${numbered}\n`;
    })}</code></pre>
  );
}

/** The line that a refusal of a source names. */
export function lineIn(text: string): number | undefined {
  const [, line] = /^line (\d+): /.exec(text) ?? /\(line (\d+) of its source\)/.exec(text) ?? [];
  return line === undefined ? undefined : Number(line);
}

const REASONS: Record<Exclude<HookOutcome["kind"], "done" | "threw">, string> = {
  out_of_budget: "It worked too long: look for a loop that does not end.",
  out_of_memory: "It needed too much memory.",
  never_settled: "It waits for a promise that nothing settles any more: await something that ends.",
  killed: "It took too long, so its process was ended.",
};

function outcomeText(outcome: HookOutcome): string {
  if (outcome.kind === "threw") return outcome.message;
  if (outcome.kind !== "done") return REASONS[outcome.kind];
  const { posts, state_set, timers = [], end } = outcome;
  return [
    `${posts.length} ${posts.length === 1 ? "post" : "posts"}`,
    state_set && "state set",
    timers.length > 0 && `${timers.length} ${timers.length === 1 ? "timer" : "timers"}`,
    end && "the end",
  ].filter(Boolean).join(", ");
}

function stateText(state: unknown): string {
  const text = JSON.stringify(state, null, 2);
  if (text.length <= SHOWN_CHARS) return `${text}\n`;
  return `${text.slice(0, SHOWN_CHARS).toWellFormed()}…\n`;
}
