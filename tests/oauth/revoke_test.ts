import assert from "node:assert/strict";
import { basic, Door, refusal } from "./door.ts";

for (const kind of ["access_token", "refresh_token"] as const) {
  Deno.test(`revoke() of an ${kind} ends its whole grant`, async () => {
    using door = await Door.open();
    const client = await door.register();
    const tokens = await door.signIn(client);
    const other = await door.signIn(client);
    const token = tokens[kind] ?? "";
    const form = { token, token_type_hint: kind, client_id: client.client_id };
    assert.equal((await door.post("/revoke", form)).status, 200);
    assert.equal(await door.who(tokens.access_token), undefined);
    const refreshed = await door.refresh(client, tokens.refresh_token);
    assert.equal(await refusal(refreshed), "400 invalid_grant");
    assert(await door.who(other.access_token));
  });
}

Deno.test("revoke() leaves nothing of a grant that tokens can be checked against", async () => {
  using door = await Door.open();
  const client = await door.register();
  const { access_token } = await door.signIn(client);
  await door.post("/oauth/revoke", { token: access_token, client_id: client.client_id });
  for (const kind of ["grant", "grant_token", "access"]) {
    for await (const { key } of door.kv.list({ prefix: [kind] })) assert.fail(key.join(" "));
  }
});

Deno.test("revoke() takes an unknown token for revoked", async () => {
  using door = await Door.open();
  const { client_id } = await door.register();
  assert.equal((await door.post("/revoke", { token: "x", client_id })).status, 200);
});

Deno.test("revoke() does not touch another client's token", async () => {
  using door = await Door.open();
  const { access_token } = await door.signIn(await door.register());
  const { client_id } = await door.register();
  assert.equal((await door.post("/revoke", { token: access_token, client_id })).status, 200);
  assert(await door.who(access_token));
});

Deno.test("revoke() wants to know the client and the token", async () => {
  using door = await Door.open();
  const { client_id } = await door.register({ token_endpoint_auth_method: "client_secret_basic" });
  const wrong = await door.post("/revoke", { token: "x" }, basic(client_id, "wrong"));
  assert.equal(await refusal(wrong), "401 invalid_client");
  assert.equal(await refusal(await door.post("/revoke", { client_id })), "401 invalid_client");
  const tokenless = await door.post("/revoke", { client_id: (await door.register()).client_id });
  assert.equal(await refusal(tokenless), "400 invalid_request");
});
