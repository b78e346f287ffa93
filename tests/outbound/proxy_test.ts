/** Which requests go through the operator's proxy. */
import assert from "node:assert/strict";
import { isPublicName, proxyFor } from "../../src/outbound/proxy.ts";

const URL = "http://proxy.example:3128";

Deno.test("proxyFor() knows the usual spellings of NO_PROXY", () => {
  const table: [except: string[], direct: string[], proxied: string[]][] = [
    [[], [], ["example.org", "localhost"]],
    [["*"], ["example.org", "localhost"], []],
    [["example.org"], ["example.org", "a.example.org"], ["badexample.org", "example.org.evil.net"]],
    [[".example.org"], ["example.org", "a.b.example.org"], ["badexample.org"]],
    [["*.example.org"], ["a.example.org"], ["example.com"]],
    [["EXAMPLE.org", "b.net"], ["example.org", "b.net"], ["c.net"]],
  ];
  for (const [except, direct, proxied] of table) {
    const settings = { url: URL, except };
    for (const name of direct) assert.equal(proxyFor(name, settings), undefined, name);
    for (const name of proxied) assert.equal(proxyFor(name, settings), URL, name);
  }
  assert.equal(proxyFor("example.org", undefined), undefined);
});

Deno.test("isPublicName() refuses names of private networks", () => {
  const others = [
    "localhost",
    "a.localhost",
    "intranet",
    "printer.local",
    "x.home.arpa",
    "db.corp",
  ];
  for (const name of [...others, "metadata.google.internal", "localhost.", "db.internal."]) {
    assert.equal(isPublicName(name), false, name);
  }
  for (const name of ["example.org", "local.example.org", "corporate.example", "a.mylocal"]) {
    assert.equal(isPublicName(name), true, name);
  }
});
