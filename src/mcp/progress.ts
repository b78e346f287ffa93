/** Tells a caller that asked for it that its call goes on: hosts give up on a call that is silent
 *  for long. */
import type { ServerContext } from "@modelcontextprotocol/server";

/** Runs a call that waits. If the request carries a progress token, the caller is told at once and
 *  every `intervalMs` until the call has its answer: progress counts what it was told. */
export async function withProgress<T>(
  { mcpReq }: ServerContext,
  intervalMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return await run();
  let progress = 0;
  const tell = () => {
    const params = { progressToken, progress: ++progress, message: "Waiting for messages" };
    // Who has gone does not hear it; the call itself ends by its signal.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  };
  tell();
  const timer = setInterval(tell, intervalMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
