/** What a person reads first about a verification: one seal and one sentence. Green is only for a
 *  log whose every move was run again here. */
import type { Check, CheckName, Move, Report } from "../../../verify/report.ts";

/** `same`: run again here, byte for byte. `open`: not run again here, or undecided. */
export type Seal = "same" | "open" | "differs";

interface Verdict {
  seal: Seal;
  headline: string;
  /** Sentences after it. */
  more: string[];
}

const NOT_AN_EXPORT = "Not verified: this file is not an export of a channel, or it is damaged.";

export function verdictOf(
  { report, moves }: { report: Report; moves: readonly Move[] },
): Verdict {
  const wrong = report.checks.find(({ verdict }) => verdict === "failed");
  if (wrong) return failure(wrong);
  const { replayed, unknown } = report.hooks;
  const all = replayed + unknown;
  const whose = `of the ${
    new Set(moves.map(({ bot_id }) => bot_id)).size > 1 ? "referees" : "referee"
  }`;
  const none = "Nothing wrong was found";
  if (report.stopped) {
    const headline = `Not fully verified: the time ended after ${
      counted(replayed, "move")
    } ${whose}.`;
    return { seal: "open", headline, more: [`${none} until then.`] };
  }
  if (unknown > 0) {
    const headline = `Not re-run here: ${unknown} of ${counted(all, "move")} ${whose}.`;
    const why = reasonsIn(moves).map(([reason, count]) => `${sentence(reason)} (${count})`);
    const rest = replayed > 0
      ? `${counted(replayed, "move")} gave the same when run again in your browser. ${none}.`
      : `Everything else was checked. ${none}.`;
    return {
      seal: "open",
      headline,
      more: [...why.map((each) => `${each}.`), rest],
    };
  }
  if (all === 0) {
    const headline =
      "Verified: the log is whole and signed. There were no moves of a referee to run.";
    return { seal: "same", headline, more: [] };
  }
  const headline = `Verified: ${replayed} of ${
    counted(all, "move")
  } ${whose} were run again in your browser.`;
  return {
    seal: "same",
    headline,
    more: ["Each gave the same, byte for byte."],
  };
}

function failure({ check, id, text }: Check): Verdict {
  if (check === "format") {
    return { seal: "differs", headline: NOT_AN_EXPORT, more: [text] };
  }
  const headline = id === undefined ? "Not verified." : `Not verified: entry ${id} differs.`;
  return { seal: "differs", headline, more: [text] };
}

/** The reasons for which moves were not run again, and how many each, the most frequent first. */
function reasonsIn(moves: readonly Move[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { obstacle } of moves) {
    if (obstacle !== undefined) {
      counts.set(obstacle, (counts.get(obstacle) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** The reason for a move that was not run again, for a person at a page. */
export function reason(obstacle: string): string {
  return /no engine for python/.test(obstacle)
    ? "a browser has no engine for Python: deno task verify has one"
    : obstacle;
}

function sentence(obstacle: string): string {
  const text = reason(obstacle);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

/** The seal of one check. */
export function sealOf({ verdict }: Pick<Check, "verdict">): Seal {
  return verdict === "passed" ? "same" : verdict === "failed" ? "differs" : "open";
}

/** What each check is about. */
export const SUBJECTS: Record<CheckName, string> = {
  format: "File",
  ids: "Numbers",
  times: "Times",
  hashes: "Hashes",
  tree: "Merkle tree",
  signature: "Signature",
  receipt: "Your receipt",
  proof: "Your proof",
  speakers: "Senders",
  salts: "Salts",
  sources: "Sources",
  seeds: "Seeds",
  beacon: "Public randomness",
  evidence: "Answers of the web",
  commitments: "Commitments",
  replay: "Moves run again",
};
