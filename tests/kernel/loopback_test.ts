import assert from "node:assert/strict";
import { isLoopbackHost } from "../../src/kernel/loopback.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "127.0.0.2", "127.255.255.255", "::1", "[::1]"];

const ELSEWHERE = `
  localhost.example localhost. example.com 127.0.0.1.example 127.0.0 127.1 0x7f.0.0.1 2130706433 127.0.0.256
  128.0.0.1 10.0.0.1 0.0.0.0 :: [::] [::2] [127.0.0.1 [[::1]] ::ffff:127.0.0.1 [fe80::1%lo]
`.trim().split(/\s+/);

Deno.test("isLoopbackHost() is true only for names of this machine", () => {
  for (const name of LOOPBACK) assert.equal(isLoopbackHost(name), true, name);
  for (const name of ["", ...ELSEWHERE]) assert.equal(isLoopbackHost(name), false, name);
});
