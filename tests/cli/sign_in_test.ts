/** Sign-in of the command line: in a browser and as a guest, tokens that have expired or are no
 *  longer taken, and processes that need a new one at the same time. */
import assert from "node:assert/strict";
import { CommandLine } from "../support/command_line.ts";
import type { Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";

interface Counter extends AsyncDisposable {
  url: string;
  /** How many requests for tokens have passed. */
  tokens: number;
}

/** A port that leads to a server, and counts the requests for tokens. */
function counting(server: string): Counter {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = Number(new URL(server).port);
  const open: Promise<unknown>[] = [];
  const sockets: Deno.Conn[] = [];
  const counted = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        const text = new TextDecoder("latin1").decode(bytes);
        counter.tokens += text.match(/^POST \/token /gm)?.length ?? 0;
        controller.enqueue(bytes);
      },
    });
  const accepting = (async () => {
    for await (const client of listener) {
      const site = await Deno.connect({ hostname: "127.0.0.1", port: target });
      sockets.push(client, site);
      open.push(
        client.readable.pipeThrough(counted()).pipeTo(site.writable).catch(() => {}),
        site.readable.pipeTo(client.writable).catch(() => {}),
      );
    }
  })();
  const counter: Counter = {
    url: `http://127.0.0.1:${listener.addr.port}`,
    tokens: 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      // A client may keep its connection for later.
      for (const socket of sockets) {
        try {
          socket.close();
        } catch {
          // It is closed already.
        }
      }
      await Promise.all(open);
    },
  };
  return counter;
}

Deno.test("sign-in of the command line", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  await using counter = counting(server.url);
  await using cli = await CommandLine.at(counter.url);
  const path = (profile: string) =>
    `${cli.folder}/.config/mcpmp/${encodeURIComponent(counter.url)}/${profile}.json`;
  const kept = async (profile: string): Promise<Wire> =>
    JSON.parse(await Deno.readTextFile(path(profile)));
  const change = async (profile: string, change: Wire) => {
    const { sign_in, ...rest } = await kept(profile);
    const text = JSON.stringify({ ...rest, sign_in: { ...sign_in, ...change } });
    await Deno.writeTextFile(path(profile), text);
  };
  let channel = "";

  await t.step("processes that begin at once become one guest", async () => {
    const ran = await Promise.all([cli.run(["list", "--json"]), cli.run(["list", "--json"])]);
    assert.deepEqual(ran.map(({ code }) => code), [0, 0]);
    assert.equal(ran.filter(({ stderr }) => stderr.includes("as a new guest")).length, 1);
    assert.equal(counter.tokens, 1);
    const made = await cli.json("create", "Mine", "--players", "me,you");
    channel = made.channel_id;
  });

  await t.step("login in a browser is another player, and gets a refresh token", async () => {
    const signing = cli.spawn(["login", "--no-browser", "--as", "browser"]);
    const [printed, stdout, { code }] = await Promise.all([
      signInWhenAsked(signing.stderr),
      new Response(signing.stdout).text(),
      signing.status,
    ]);
    assert.equal(code, 0, printed);
    assert.equal(stdout, `Signed in at ${counter.url}.\n`);
    const { sign_in } = await kept("browser");
    assert.equal(sign_in.kind, "person");
    assert.ok(sign_in.refresh_token);
    const { code: refused, stderr } = await cli.run(["info", channel, "--as", "browser"]);
    assert.equal(refused, 1);
    assert.match(stderr, /^✘ CHANNEL_NOT_FOUND: /);
  });

  for (const profile of ["default", "browser"]) {
    await t.step(`two processes refresh an expired token of ${profile} once`, async () => {
      await change(profile, { expires_at: 0 });
      const before = await kept(profile);
      const tokens = counter.tokens;
      const ran = await Promise.all([1, 2].map(() => cli.run(["list", "--as", profile])));
      assert.deepEqual(ran.map(({ code }) => code), [0, 0], ran[0]!.stderr);
      assert.equal(counter.tokens, tokens + 1);
      const after = await kept(profile);
      assert.notEqual(after.sign_in.access_token, before.sign_in.access_token);
      assert.equal(after.sign_in.client_id, before.sign_in.client_id);
      assert.equal((await Deno.stat(path(profile))).mode! & 0o777, 0o600);
    });
  }

  await t.step(
    "a token that the server no longer takes is renewed, for the same guest",
    async () => {
      await change("default", { access_token: "forgotten" });
      const { you } = await cli.json("info", channel);
      assert.equal(you.admin, true);
    },
  );

  await t.step("who can't be renewed is asked to sign in, and logout forgets", async () => {
    await change("browser", { access_token: "forgotten", refresh_token: "spent" });
    const { code, stdout } = await cli.run(["list", "--as", "browser", "--json"]);
    assert.equal(code, 1);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, "UNAUTHORIZED");
    assert.match(error.message, /Sign in: mcpmp login --as browser\.$/);
    await cli.ok("logout", "--as", "browser");
    assert.deepEqual(await kept("browser"), { seats: {} });
    assert.match(await cli.ok("login", "--guest", "--as", "browser"), / as a new guest\.\n$/);
  });

  await t.step("a configuration folder that is relative is ignored", async () => {
    const env = { XDG_CONFIG_HOME: "." };
    assert.equal((await cli.run(["login", "--guest", "--as", "relative"], { env })).code, 0);
    assert.equal((await kept("relative")).sign_in.kind, "guest");
  });
});

Deno.test("a server without guests asks to sign in", async () => {
  await using server = await testServer({ sandbox: "off", guests: false });
  await using cli = await CommandLine.at(server.url);
  const [list, guest] = await Promise.all([cli.run(["list"]), cli.run(["login", "--guest"])]);
  assert.equal(list.code, 1);
  assert.match(list.stderr, /^✘ This server admits no guests\. Sign in: mcpmp login\.\n$/);
  assert.equal(guest.code, 1);
});

Deno.test("what is no server's answer is named, and not kept", async (t) => {
  await using cli = await CommandLine.at(undefined);
  const token = { access_token: "t", expires_in: 3600 };
  const cases: Record<
    string,
    { metadata?: object; token?: object; body?: () => BodyInit; says: RegExp }
  > = {
    "a token without an end": { token: { access_token: "t" }, says: /its answer makes no sense/ },
    "no grants": { metadata: { grant_types_supported: undefined }, says: /admits no guests/ },
    "data without an end": {
      body: () =>
        new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(2 ** 20).fill(32)) }),
      says: /its answer has more than 32 MiB/,
    },
  };
  for (const [name, { metadata, token: got = token, body, says }] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using listener = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        ({ url }) => {
          const { origin, pathname } = new URL(url);
          if (pathname === "/register") return Response.json({ client_id: "c" }, { status: 201 });
          if (pathname === "/token") return Response.json(got);
          if (body) return new Response(body());
          return Response.json({
            issuer: origin,
            ...{ authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` },
            ...{ registration_endpoint: `${origin}/register` },
            grant_types_supported: ["client_credentials"],
            ...metadata,
          });
        },
      );
      const at = cli.movedTo(`http://127.0.0.1:${listener.addr.port}`);
      for (let tries = 0; tries < 2; tries++) {
        const { code, stderr } = await at.run(["list"]);
        assert.notEqual(code, 0);
        assert.match(stderr, says);
      }
    });
  }
  await Deno.writeTextFile(`${cli.folder}/file`, "");
  const at = cli.movedTo("http://127.0.0.1:9");
  const { code, stderr } = await at.run(["list"], {
    env: { XDG_CONFIG_HOME: `${cli.folder}/file` },
  });
  assert.deepEqual([code, /^✘ Cannot keep your sign-in in /.test(stderr)], [2, true], stderr);
});
