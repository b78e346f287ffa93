/** Verifies the export on stdin in an environment like a browser's, without Deno and process, and
 *  prints the report. */
const text = await new Response(Deno.stdin.readable).text();
for (const name of ["Deno", "process", "Buffer", "global"]) {
  Reflect.deleteProperty(globalThis, name);
}
if ("Deno" in globalThis || "process" in globalThis) {
  throw new Error("Cannot remove the globals that no browser has");
}
const { verifyExport } = await import("../../src/verify/verify_export.ts");
console.log(JSON.stringify(await verifyExport(JSON.parse(text))));
