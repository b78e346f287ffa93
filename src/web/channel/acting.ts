/** What a person does by a form of this server: the same operations as those of agents. */
import type { Context } from "@hono/hono";
import type { Actor } from "../../accounts/access/browser.ts";
import { base64url } from "../../kernel/base64url.ts";
import { sha256, utf8ToBytes } from "../../kernel/hash.ts";
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problem, problemResponse } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import type { UnderWay } from "../../http/under_way.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import type { Call, Operation } from "../../operations/operation.ts";
import { Invocation, perform } from "../../operations/perform.ts";
import { BROWSER, type LiveDeps } from "../live/routes.ts";
import type { SentForms } from "./sent_forms.ts";

export interface ActingDeps extends LiveDeps {
  underWay: UnderWay;
  sentForms: SentForms;
  log: Log;
}

type Input = Record<string, unknown>;

/** A form that was refused, and why. */
export interface RefusedForm {
  refusal: Refusal;
  form: URLSearchParams;
}

/** An operation and its input, as a form asks for it. */
interface Asked {
  operation: Operation;
  /** Throws the refusal of a form that can't be right. */
  inputOf(form: URLSearchParams, principal: string): Input | Promise<Input>;
  /** The answer to a form that was refused. */
  onRefusal(refusal: Refusal, form: URLSearchParams): Response | Promise<Response>;
  /** The answer, if the browser is to be shown something that it sees only once. */
  answer?(output: Record<string, unknown>): Promise<Response | undefined>;
  /** Where the browser goes otherwise. */
  leadTo(output: Record<string, unknown>, form: URLSearchParams): string;
}

const FOREIGN =
  "This form does not come from a page that this server has shown to this browser, or the browser " +
  "is somebody else by now. Go back, reload the page, and send its form again.";
const SIGN_IN = "Sign in at /login first, then open the page again and send its form.";

/** Answers a form for whomever its browser speaks. */
export async function asActor(
  c: Context<HttpEnv>,
  { browsers, underWay }: ActingDeps,
  answer: (actor: Actor, form: URLSearchParams) => Promise<Response>,
): Promise<Response> {
  const form = await formOf(c);
  const marks = { proof: form.get("proof"), once: form.get("once") };
  const actor = await browsers.actorOf(c, c.env.address, marks);
  if (actor === "foreign") return problem("ORIGIN_NOT_ALLOWED", FOREIGN);
  if (actor === null) return problem("UNAUTHORIZED", SIGN_IN);
  return await underWay.serve(
    actor.principal,
    async (busy) => busy ? problemResponse(busy) : await answer(actor, form),
  );
}

/** Performs what a form asks for. */
export async function actBy(
  c: Context<HttpEnv>,
  deps: ActingDeps,
  asked: Asked,
): Promise<Response> {
  const { services, sentForms, log } = deps;
  return await asActor(c, deps, async ({ principal, keep }, form) => {
    const { operation, inputOf, onRefusal, answer, leadTo } = asked;
    let input: Input;
    try {
      admitCall(services, principal);
      input = await inputOf(form, principal);
    } catch (error) {
      if (error instanceof Refusal) return await onRefusal(error, form);
      throw error;
    }
    const attempt = async (more: Input) => {
      const invocation = new Invocation(operation, { ...input, ...more });
      return await perform(invocation, callOf(c, services, principal), log);
    };
    const key = form.get("once") ? onceKey(form) : undefined;
    const performed = key === undefined
      ? await attempt({})
      : "idempotency_key" in operation.input.shape
      ? await attempt({ idempotency_key: key })
      : await sentForms.once(`${principal} ${c.req.path} ${key}`, () => attempt({}));
    if (performed.kind === "refused") return await onRefusal(performed.refusal, form);
    keep();
    const shown = await answer?.(performed.answer.output);
    if (shown) return shown;
    c.header("cache-control", "no-store");
    return c.redirect(leadTo(performed.answer.output, form), 303);
  });
}

/** The idempotency key of a form. It covers all fields: whoever goes back and writes something else
 *  makes another call. */
export function onceKey(form: URLSearchParams): string {
  return base64url(sha256(utf8ToBytes(form.toString())));
}

export function callOf(
  c: Context<HttpEnv>,
  services: LiveDeps["services"],
  principal: string,
): Call & { address: string } {
  return {
    caller: { principal, conversation: BROWSER },
    services,
    signal: c.req.raw.signal,
    address: c.env.address,
  };
}

async function formOf(c: Context): Promise<URLSearchParams> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") return new URLSearchParams(await c.req.text());
  throw new Refusal("INVALID_REQUEST", "Send the form as application/x-www-form-urlencoded.");
}
