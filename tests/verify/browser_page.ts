/** What a page in a browser has: no Deno and no process. Verifies the export that comes in on
 *  stdin, prints the report. */
const text = await new Response(Deno.stdin.readable).text();
for (const name of ["Deno", "process", "Buffer", "global"]) {
  Reflect.deleteProperty(globalThis, name);
}
if ("Deno" in globalThis || "process" in globalThis) throw new Error("Cannot be a browser");
const { verifyExport } = await import("../../src/verify/verify_export.ts");
console.log(JSON.stringify(await verifyExport(JSON.parse(text))));
