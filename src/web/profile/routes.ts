/** `/me`: the channels, apps, sessions and ratings of the person for whom a browser speaks, or of
 *  its guest, and what that person changes there. */
import { type Context, Hono } from "@hono/hono";
import { appsOf, revokeApp } from "../../accounts/access/allowed_apps.ts";
import type { Actor, BrowserCaller } from "../../accounts/access/browser.ts";
import type { OAuthDeps } from "../../accounts/access/deps.ts";
import { sessionHashOf } from "../../accounts/access/session.ts";
import type { OwnKind } from "../../channels/reading/lister.ts";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { leaderboard } from "../../operations/leaderboard.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import { actBy, type ActingDeps, asActor, onceKey, type RefusedForm } from "../channel/acting.ts";
import { frame } from "../frame/load.ts";
import { BROWSER } from "../live/routes.ts";
import type { Account } from "./account.tsx";

interface ProfileDeps extends ActingDeps {
  people: Pick<OAuthDeps, "store" | "login" | "now" | "publicUrl">;
  /** Whether a principal may look at the page for operators. */
  operates: (principal: string) => boolean;
}

const refused = (error: unknown) => ({ kind: "refused" as const, error });

/** Channels on a page. */
const PAGE = 20;

export function profileRoutes(deps: ProfileDeps): Hono<HttpEnv> {
  const { services, browsers, people, operates, sentForms } = deps;
  const app = new Hono<HttpEnv>();

  const accountOf = async (c: Context, principal: string): Promise<Account> => {
    const login = people.login!;
    const { leaderboard: board } = services;
    const [apps, sessions, self, ratings] = await Promise.all([
      appsOf(principal, people, login),
      login.people.sessions(principal, ACCOUNT_LIMITS.sessionsShown, people.now()),
      board.self(principal),
      board.ratingsOf(principal),
    ]);
    const { player, name: handle, hidden } = self;
    const ownSession = sessionHashOf(c, people);
    return { apps, sessions, ownSession, appearance: { player, handle, hidden, ratings } };
  };

  /** The page, after what a form asked for was refused, if so. */
  const show = async (c: Context<HttpEnv>, caller: BrowserCaller, refused?: RefusedForm) => {
    const { principal, kind } = caller;
    const wanted = kindOf(c);
    const isSomebody = kind !== "visitor";
    const list = isSomebody
      ? await services.lister.own(principal, wanted, PAGE, c.req.query("cursor"))
      : { channels: [] };
    const account = kind === "person" ? await accountOf(c, principal) : undefined;
    const [{ page }, { profilePage }] = await Promise.all([frame(), import("./page.tsx")]);
    c.header("cache-control", "no-store");
    const content = profilePage({
      caller,
      signsIn: people.login !== undefined,
      list: { ...list, kind: wanted },
      account,
      operates: operates(principal),
      refused,
    });
    return await page(c, "Your profile", content, {
      ...isSomebody && { formsLeadTo: [] },
      refused: refused?.refusal,
    });
  };

  app.get("/me", forPeople(), async (c) => {
    const caller = await browsers.callerOf(c, c.env.address);
    if (!caller) return signInFirst(c);
    admitCall(services, caller.principal);
    return await show(c, caller);
  });

  const refusedTo = (c: Context<HttpEnv>) => async (refusal: Refusal, form: URLSearchParams) => {
    const caller = await browsers.callerOf(c, c.env.address);
    return caller ? await show(c, caller, { refusal, form }) : signInFirst(c);
  };

  /** Does what a form asks for, and leads back to the list that it was sent from. */
  const act = (
    c: Context<HttpEnv>,
    done: (actor: Actor, form: URLSearchParams) => Promise<void>,
  ) =>
    asActor(c, deps, async (actor, form) => {
      try {
        admitCall(services, actor.principal);
        await done(actor, form);
      } catch (error) {
        if (error instanceof Refusal) return await refusedTo(c)(error, form);
        throw error;
      }
      return await back(c);
    });

  app.post("/me/hide", forPeople(), (c) =>
    act(c, async ({ principal }, form) => {
      const channel = await services.channels.ofPrincipal(principal, form.get("channel") ?? "");
      await services.lister.hide(principal, channel, form.get("hidden") !== "no");
    }));

  app.post("/me/leave", forPeople(), (c) =>
    act(c, async ({ principal }, form) => {
      const leave = async () => {
        const { channel_id } = await services.channels
          .ofPrincipal(principal, form.get("channel") ?? "");
        await services.channels.leave({
          caller: { principal, conversation: BROWSER },
          channelId: channel_id,
          rejoinHash: null,
          playerId: form.get("player") ?? "",
        });
      };
      // Nobody has the same seat twice, so the form needs no secret of its own.
      const left = await sentForms.once(
        `${principal} ${c.req.path} ${onceKey(form)}`,
        () => leave().then(() => ({ kind: "left" as const }), refused),
      );
      if (left.kind === "refused") throw left.error;
    }));

  app.post("/me/apps", forPeople("sign_ins"), (c) =>
    act(c, async ({ principal }, form) => {
      const clientId = form.get("revoke") ?? "";
      if (people.login) await revokeApp(principal, clientId, people, people.login);
    }));

  app.post("/me/sessions", forPeople("sign_ins"), (c) =>
    act(c, async ({ principal }, form) => {
      await people.login?.people.endSessionOf(principal, form.get("end") ?? "");
    }));

  app.post("/me/leaderboard", forPeople(), (c) =>
    actBy(c, deps, {
      operation: leaderboard,
      inputOf: (form) => {
        const hides = form.get("opt_out");
        return hides === null ? { handle: form.get("handle") } : { opt_out: hides === "yes" };
      },
      leadTo: () => "/me",
      onRefusal: refusedTo(c),
    }));
  return app;
}

function kindOf(c: Context): OwnKind {
  const list = c.req.query("list");
  return list === "ended" || list === "hidden" ? list : "going";
}

async function back(c: Context): Promise<Response> {
  const { listPath } = await import("./own_channels.tsx");
  c.header("cache-control", "no-store");
  return c.redirect(listPath(kindOf(c)), 303);
}

function signInFirst(c: Context): Response {
  c.header("cache-control", "no-store");
  return c.redirect("/login", 303);
}
