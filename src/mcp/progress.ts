/** Progress notifications for a caller that asked for them: hosts abort a call that stays silent
 *  for long. */
import type { ServerContext } from "@modelcontextprotocol/server";

/** Runs a call that waits. If the request carries a progress token, the server notifies the caller
 *  at once and every `intervalMs` until the answer; `progress` counts these notifications. */
export async function withProgress<T>(
  { mcpReq }: ServerContext,
  intervalMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return await run();
  let progress = 0;
  const notify = () => {
    const params = { progressToken, progress: ++progress, message: "Waiting for messages" };
    // The client may have gone: the request's signal ends the call then.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  };
  notify();
  const timer = setInterval(notify, intervalMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
