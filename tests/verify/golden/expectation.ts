/** What is expected of verifying a golden export, as `expected.json` beside it keeps it. */
import type { Check, Report } from "../../../src/verify/report.ts";

export interface Expectation {
  entries: number;
  hooks: Report["hooks"];
  verdicts: Record<string, Check["verdict"]>;
}

export function expectationOf({ entries, hooks, checks }: Report): Expectation {
  const verdicts = Object.fromEntries(checks.map(({ check, verdict }) => [check, verdict]));
  return { entries, hooks, verdicts };
}
