/** The operator's log: one JSON object per line on stderr. */
import type { Log, LogLevel } from "../kernel/log.ts";

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } satisfies Record<LogLevel, number>;
const encoder = new TextEncoder();

export function jsonLog(least: LogLevel, now: () => Date): Log {
  return (level, event, fields) => {
    if (RANK[level] < RANK[least]) return;
    const line = JSON.stringify({ time: now().toISOString(), level, event, ...fields });
    Deno.stderr.writeSync(encoder.encode(`${line}\n`));
  };
}
