/** Reports a caller's remaining quota in the header fields of the IETF's draft "RateLimit header
 *  fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10), and refuses an address that has used
 *  up its quota. */
import type { Standing } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import { problem } from "./problem.ts";

export function setRateHeaders(
  answer: Headers,
  { name, rate, remaining, wholeInMs }: Standing,
): void {
  const seconds = (ms: number) => Math.ceil(ms / 1000);
  answer.set("ratelimit-policy", `"${name}";q=${rate.quota};w=${seconds(rate.windowMs)}`);
  answer.set("ratelimit", `"${name}";r=${remaining};t=${seconds(wholeInMs)}`);
}

/** The answer 429 to an address. OAuth clients look for its member `error`. */
export function tooManyRequests(standing: Standing): Response {
  const { retryAfterMs } = standing;
  const { code, text } = new Refusal(
    "RATE_LIMIT",
    "Too many requests from your address. Try again later.",
  );
  const response = problem(code, text, { "retry-after": `${Math.ceil(retryAfterMs / 1000)}` }, {
    retry_after_ms: retryAfterMs,
    error: "too_many_requests",
    error_description: text,
  });
  setRateHeaders(response.headers, standing);
  return response;
}
