/** `/new/referee`: a person opens a table with a referee of their own. `/new/referee/try` runs it
 *  in the sandbox, in a channel that is never stored. */
import { type Context, Hono } from "@hono/hono";
import { newSecret } from "../../accounts/secret.ts";
import { triedWords } from "../../channels/running/tried_words.ts";
import { ANYBODY } from "../../domain/channel/principal.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { createChannel } from "../../operations/create_channel.ts";
import { admitCall, admitTry } from "../../operations/rate_guard.ts";
import { actBy, type ActingDeps, asActor, onceKey } from "../channel/acting.ts";
import type { Html } from "../frame/page.tsx";
import { scriptsOf } from "../frame/scripts.ts";

const PATH = "/new/referee";

/** What the page says above the form. */
interface Told {
  content: Html;
  refused?: Refusal;
  wrong?: string | undefined;
  wrongLine?: number | undefined;
}

export function refereeRoutes(deps: ActingDeps): Hono<HttpEnv> {
  const { services, browsers } = deps;
  const app = new Hono<HttpEnv>();
  const pages = () =>
    Promise.all([
      import("../frame/page.tsx"),
      import("./referee_page.tsx"),
      import("./referee_input.ts"),
      import("./refused_form.tsx"),
      import("./tried_page.tsx"),
    ]);

  const show = async (c: Context<HttpEnv>, form: URLSearchParams, told?: Told) => {
    const caller = await browsers.callerOf(c, c.env.address);
    const [{ page }, { refereePage }] = await pages();
    const styleNonce = newSecret();
    c.header("cache-control", "no-store");
    const content = refereePage({
      filled: { form, wrong: told?.wrong },
      marks: caller ? { proof: caller.proof, once: newSecret() } : undefined,
      told: told?.content,
      editor: { path: scriptsOf(c, ["editor"])[0], nonce: styleNonce },
      wrongLine: told?.wrongLine,
    });
    return await page(c, "A referee of your own", content, {
      islands: ["referee", "copy"],
      styleNonce,
      ...caller && { formsLeadTo: [] },
      refused: told?.refused,
    });
  };

  const showRefusal = async (c: Context<HttpEnv>, refusal: Refusal, form: URLSearchParams) => {
    const [, , { sourceIn }, { refusedForm, wrongField }, { excerpt, lineIn }] = await pages();
    const wrongLine = lineIn(refusal.text);
    const part = wrongLine === undefined ? null : excerpt(sourceIn(form), wrongLine);
    return await show(c, form, {
      content: refusedForm(refusal, part),
      refused: refusal,
      wrong: wrongField(refusal),
      wrongLine,
    });
  };

  app.get(PATH, forPeople(), async (c) => {
    const [, { newRefereeForm }] = await pages();
    const from = c.req.query("from");
    let code: string | undefined;
    if (from !== undefined) {
      const { code_hash } = await services.catalogue.find(from);
      code = await services.sources.read(ANYBODY, code_hash) ?? undefined;
    }
    return await show(c, newRefereeForm(c.req.query("language") === "python", code));
  });

  app.post(PATH, forPeople("sign_ins"), async (c) => {
    const [, , { refereeIn }] = await pages();
    return await actBy(c, deps, {
      operation: createChannel,
      async inputOf(form, principal) {
        const { input, bot } = refereeIn(form);
        await services.library.prepare(bot, principal, c.req.raw.signal);
        return input;
      },
      leadTo: (_, form) => `/new/${onceKey(form)}`,
      onRefusal: (refusal, form) => showRefusal(c, refusal, form),
    });
  });

  // Whoever reloads the page of a try without its form starts anew.
  app.get(`${PATH}/try`, forPeople(), (c) => c.redirect(PATH, 303));

  app.post(`${PATH}/try`, forPeople("sign_ins"), async (c) => {
    const [, , { refereeIn }, , { triedPage }] = await pages();
    return await asActor(c, deps, async (_actor, form) => {
      // A try makes no guest: visitors of one address share their budgets.
      const caller = await browsers.callerOf(c, c.env.address);
      const principal = caller!.principal;
      try {
        admitCall(services, principal);
        const { bot, seats } = refereeIn(form);
        const words = triedWords(form.get("words") ?? "");
        admitTry(services, principal);
        const run = await services.dryRuns.run({ bot, seats, words }, principal, c.req.raw.signal);
        const outcome = run.hooks.at(-1)?.outcome;
        const wrongLine = outcome && "line" in outcome ? outcome.line : undefined;
        return await show(c, form, { content: triedPage(run), wrongLine });
      } catch (error) {
        if (error instanceof Refusal) return await showRefusal(c, error, form);
        throw error;
      }
    });
  });
  return app;
}
