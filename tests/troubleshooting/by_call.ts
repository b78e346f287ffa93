/** Refused calls: what each code says. */
import { Hono } from "@hono/hono";
import { requestBody } from "../../src/http/request_body.ts";
import { healthCheck } from "../../src/operations/health_check.ts";
import type { Call } from "../../src/operations/operation.ts";
import { Invocation, perform } from "../../src/operations/perform.ts";
import { FairTurns } from "../../src/sandbox/pool/fair_turns.ts";
import { signIn } from "../support/player.ts";
import { bareRequest } from "../support/raw_http.ts";
import { refusedCalls } from "../support/refused_calls.ts";
import { testServer } from "../support/server.ts";
import type { Said } from "./page.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** By code, as `detail` says it. */
export async function saidByCalls(): Promise<Said> {
  const said: Said = {};
  const note = async (response: Response) => {
    const { code, detail } = await response.json();
    (said[code] ??= []).push(detail);
  };
  await using server = await testServer();
  const { url } = server;
  for (const { code, by, input, operation } of await refusedCalls(url)) {
    const { detail } = await by.call(operation, input).catch((error) => error);
    (said[code] ??= []).push(detail);
  }
  const token = await signIn(url);
  const authorization = `Bearer ${token}`;
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { ...JSON_TYPE, authorization, ...headers },
      body,
    });
  await note(await post("/create_channel", "{}"));
  await note(await post("/create_channel", "{"));
  await note(await post("/create_channel", JSON.stringify({ name: "x".repeat(300_000) })));
  await note(await fetch(`${url}/health_check`));
  await note(await fetch(`${url}/health_check`, { headers: { authorization: "Bearer none" } }));
  const watching = `Bearer ${await signIn(url, "watch")}`;
  await note(await post("/create_channel", "{}", { authorization: watching }));
  await note(await post("/health_check", "{}", { origin: "https://elsewhere.example" }));
  await note(await fetch(`${url}/sse`));
  await note(await fetch(`${url}/create_channel`, { method: "PUT" }));
  await note(await post("/create_channel", "{}", { "content-type": "text/plain" }));
  await note(await fetch(`${url}/list_channels?query=${"x".repeat(9_000)}`));
  const elsewhere = await bareRequest(url, "GET", "/health_check", { host: "elsewhere.example" });
  await note(new Response(elsewhere.body));

  await using other = await testServer({
    ...{ sandbox: "off", rateLimits: true, testRates: { calls: { quota: 2, windowMs: 60_000 } } },
  });
  const busy = { authorization: `Bearer ${await signIn(other.url)}` };
  const bots = [{ inline_code: "class A {}" }];
  const wanted = { name: "x", slots: ["bot:a"], bots };
  for (const sealed of [true, false, false]) {
    const answer = await fetch(`${other.url}/create_channel`, {
      method: "POST",
      headers: { ...busy, ...JSON_TYPE },
      body: JSON.stringify({ ...wanted, sealed }),
    });
    if (answer.ok) said.UNAVAILABLE = (await answer.json()).bot_errors;
    else await note(answer);
  }
  await note(await slowBody());
  said.TIMEOUT = [await givenUp()];
  said.INTERNAL_ERROR = [await broken()];
  return said;
}

/** The answer to a body that stops before its end. */
async function slowBody(): Promise<Response> {
  const app = new Hono().use(requestBody({ maxBytes: 8, withinMs: 20 }));
  const { readable } = new TransformStream<Uint8Array>();
  return await app.request("/", { method: "POST", body: readable });
}

/** What a call hears that gives up while it waits. */
async function givenUp(): Promise<string> {
  const limits = { atOnce: 1, perPrincipal: 1, waiting: 1, waitingPerPrincipal: 1, waitMs: 60_000 };
  const turns = new FairTurns(limits, () => new Error("unreachable") as never);
  const { text } = await turns.take("p", AbortSignal.abort()).then(() => ({ text: "" }), (e) => e);
  return text;
}

/** What a call hears that meets a fault: here, a server without a clock. */
async function broken(): Promise<string> {
  const call = { services: { turns: { take: (_: string, work: () => unknown) => work() } } };
  const performed = await perform(
    new Invocation(healthCheck, {}),
    { ...call, caller: { principal: "p", conversation: null } } as unknown as Call,
    () => {},
  );
  return performed.kind === "refused" ? performed.refusal.text : "";
}
