/** Locales in JavaScript bots: American English in UTC works, and anything else throws. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob, onlyPost } from "./job.ts";

/** Expressions that mean here what they mean elsewhere. */
const SAME = [
  ..."1234567.891 0 999 1000 -1234.5 1e21 1.5e-7 0.0005 1.0005 123456789012345680000".split(" "),
].map((value) => `(${value}).toLocaleString()`).concat([
  "(1.005).toLocaleString('en-US', { maximumFractionDigits: 2 })",
  "(1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 })",
  "(1234.5).toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })",
  "(9.999).toLocaleString('en', { maximumFractionDigits: 1 })",
  "(1234567).toLocaleString('en-US', { useGrouping: false })",
  "(1234.5).toLocaleString('en-US', { style: 'currency', currency: 'USD' })",
  "(-1234.567).toLocaleString('en-US', { style: 'currency', currency: 'EUR' })",
  "(1234.5).toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })",
  "(0.256).toLocaleString('en-US', { style: 'percent' })",
  "(0.256).toLocaleString(['en-US'], { style: 'percent', minimumFractionDigits: 1 })",
  "(12345678901234567890n).toLocaleString()",
  "(-0).toLocaleString()",
  "(0 / 0).toLocaleString()",
  "(-1 / 0).toLocaleString()",
  "[1234.5, null, 'a', 2000n].toLocaleString()",
  "new Uint16Array([1000, 2]).toLocaleString()",
  "'STRASSE İ'.toLocaleLowerCase('de')",
  "'straße'.toLocaleUpperCase()",
  "'a'.localeCompare('b')",
]);
/** The spaces of dates differ between releases of ICU. */
const DATES: Record<string, string> = {
  "new Date(0).toLocaleString()": "1/1/1970, 12:00:00 AM",
  "new Date(1795435205000).toLocaleString('en-US', { timeZone: 'UTC' })": "11/23/2026, 12:00:05 PM",
  "new Date(1795435205000).toLocaleDateString('en-US')": "11/23/2026",
  "new Date(1795442405000).toLocaleTimeString()": "2:00:05 PM",
  "new Date(NaN).toLocaleString()": "Invalid Date",
};
const THROWS: Record<string, RegExp> = {
  "(1).toLocaleString('de-DE')": /the locale "de-DE" is not supported: a bot has only "en-US"/,
  "(1).toLocaleString(['en-US', 'fr'])": /the locale "fr" is not supported/,
  "(1).toLocaleString('en-US', { notation: 'compact' })": /the option notation is not supported/,
  "(1).toLocaleString('en-US', { style: 'unit' })": /style "unit" is not supported/,
  "(1).toLocaleString('en-US', { style: 'currency', currency: 'CHF' })": /currency "CHF" is not/,
  "[1].toLocaleString('de')": /the locale "de"/,
  "new Date().toLocaleString('de-DE')": /the locale "de-DE"/,
  "new Date().toLocaleDateString('en-US', { weekday: 'long' })":
    /the option weekday is not supported: a bot's time is UTC: write toISOString\(\)/,
  "new Date().toLocaleTimeString('en-US', { timeZone: 'Europe/Berlin' })":
    /timeZone "Europe\/Berlin" is not supported: a bot's time is UTC/,
  "'a'.localeCompare('b', 'de')": /compare a\.toLowerCase\(\) with b\.toLowerCase\(\)/,
  "'a'.localeCompare('b', undefined, { numeric: true })": /locales and options are not supported/,
  "'I'.toLocaleLowerCase('tr')": /the locale "tr" is not supported/,
  "new Intl.NumberFormat('de')": /Intl is not defined in a bot: write toLocaleString/,
};

Deno.test("locales in a JavaScript bot", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const run = (code: string) => sandbox.run(initJob(`this.ctx.post("bot", { told: ${code} })`));
  for (const code of SAME) {
    await t.step(code, async () => {
      // As V8 has it.
      // deno-lint-ignore no-eval
      assert.deepEqual(onlyPost(await run(code)), { told: (0, eval)(code) });
    });
  }
  for (const [code, told] of Object.entries(DATES)) {
    await t.step(code, async () => assert.deepEqual(onlyPost(await run(code)), { told }));
  }
  for (const [code, message] of Object.entries(THROWS)) {
    await t.step(`${code} throws`, async () => {
      const outcome = await run(code);
      assert.match(outcome.kind === "threw" ? outcome.message : "", message);
      assert.equal(outcome.kind === "threw" && outcome.line, 2);
    });
  }
  await sandbox.close();
});
