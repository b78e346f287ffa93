/** `mcpmp doctor` where no server is, or one that a client can't use. What proxies do wrong is in
 *  tests/deploy/. */
import assert from "node:assert/strict";
import { selfSigned } from "../support/certificates.ts";
import { CommandLine } from "../support/command_line.ts";
import { freePort } from "../support/foreign_program.ts";
import { testServer } from "../support/server.ts";

/** A web server of another kind, which answers everything alike. */
function web(answer: () => Response, tls: { cert?: string; key?: string } = {}) {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls };
  return Deno.serve(options as Deno.ServeTcpOptions, answer);
}

const FIVE_MINUTES = 5 * 60_000;

Deno.test("mcpmp doctor says why a client can't use an address", async () => {
  await using late = await testServer({ sandbox: "off" }, {
    now: () => new Date(Date.now() - FIVE_MINUTES),
    nowMs: () => performance.now(),
  });
  await using closed = await testServer({ sandbox: "off", login: LOGIN, guests: false });
  await using moved = web(() => Response.redirect("https://www.play.example/healthz"));
  await using away = web(() => new Response("Bad Gateway", { status: 502 }));
  await using other = web(() => new Response("<html>Hello</html>"));
  const { cert, key } = await selfSigned({ names: ["127.0.0.1"] });
  await using untrusted = web(() => new Response(), { cert, key });
  const at = ({ addr }: ReturnType<typeof web>) => `http://127.0.0.1:${addr.port}`;
  const table: [address: string, says: RegExp][] = [
    [`http://127.0.0.1:${freePort()}`, /^reached: Nothing answers at .*: .*refused/],
    [at(moved), /^reached: .* redirects to https:\/\/www\.play\.example\/healthz/],
    [at(away), /^reached: A proxy answers with 502, since it reaches no server/],
    [at(other), /^reached: What answers at .* is another program \(status 200\)/],
    [at(untrusted).replace("http", "https"), /^reached: Clients refuse the certificate of /],
    [`${late.url}/games`, /^address: Below the path \/games clients find no sign-in/],
    [late.url, /^clock: The server's clock is (299|30\d) seconds behind this machine's/],
    [closed.url, /^sign-in: This server admits no guests\. Sign in: mcpmp login/],
  ];
  await using cli = await CommandLine.at(undefined);
  await Promise.all(table.map(async ([address, says]) => {
    const { code, stdout, stderr } = await cli.run(
      ["doctor", "--server", address, "--wait", "1", "--json"],
    );
    const { server, ok, checks } = JSON.parse(stdout);
    assert.deepEqual([code, server, ok], [1, address, false], stderr);
    const bad = checks.filter(({ ok }: { ok: boolean }) => !ok)
      .map((each: { check: string; says: string }) => `${each.check}: ${each.says}`);
    assert.equal(bad.length, 1, bad.join("\n"));
    assert.match(bad[0], says);
  }));
  const { code } = await cli.run(["doctor", "--server", late.url, "--wait", "46"]);
  assert.equal(code, 2);
});

/** A provider that nobody asks here. */
const LOGIN = {
  github: { id: "id", secret: "secret" },
  google: undefined,
  oidc: undefined,
};
