/** A stand-in for GitHub on the loopback network, which answers as GitHub's documentation says. */
import type { GitHubEndpoints } from "../../src/accounts/providers/github.ts";

export const CLIENT = {
  id: "Iv1.0123456789abcdef",
  secret: "0123456789abcdef0123456789abcdef01234567",
};
const GOOD = { access_token: "gho_token", scope: "", token_type: "bearer" };

export interface StandIn extends AsyncDisposable {
  endpoints: GitHubEndpoints;
  asked: { url: string; headers: Headers }[];
  forms: URLSearchParams[];
  token: unknown;
  user: unknown;
}

export function standIn(): StandIn {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      here.asked.push({ url: request.url, headers: new Headers(request.headers) });
      const { pathname } = new URL(request.url);
      if (pathname === "/authorize") return new Response("the person signs in here");
      if (pathname === "/user") return Response.json(here.user);
      here.forms.push(new URLSearchParams(await request.text()));
      return Response.json(here.token);
    },
  );
  const at = `http://127.0.0.1:${server.addr.port}`;
  const here: StandIn = {
    endpoints: { authorize: `${at}/authorize`, token: `${at}/token`, user: `${at}/user` },
    asked: [],
    forms: [],
    token: GOOD,
    user: { id: 583231, login: "octocat", name: null, email: "octocat@example.org" },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return here;
}
