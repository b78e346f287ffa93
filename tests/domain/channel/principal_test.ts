import assert from "node:assert/strict";
import {
  guestPrincipal,
  isGuest,
  personPrincipal,
  providerOf,
} from "../../../src/domain/channel/principal.ts";

Deno.test("isGuest() distinguishes guests from people of any provider", () => {
  assert.equal(guestPrincipal("x1"), "guest:x1");
  assert.ok(isGuest(guestPrincipal("x1")));
  for (const person of [personPrincipal("github", 7), personPrincipal("oidc", "guest:x1")]) {
    assert.ok(!isGuest(person), person);
  }
});

Deno.test("providerOf() accepts a subject with colons", () => {
  assert.equal(providerOf(personPrincipal("oidc", "urn:people:7")), "oidc");
  assert.equal(providerOf(personPrincipal("github", 7)), "github");
});
