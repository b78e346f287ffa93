/** `docs/announcements.md` lists every kind of entry that the server writes, as declared. */
import assert from "node:assert/strict";
import * as z from "zod";
import { ANNOUNCEMENTS } from "../../../src/domain/announcements/all.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** Field names: a question mark marks an optional field, braces hold the fields of an object. */
function fieldsIn({ properties = {}, required = [] }: Schema): string {
  return Object.entries(properties).filter(([name]) => name !== "type")
    .map(([name, field]) => {
      const shown = name + (required.includes(name) ? "" : "?");
      return shown + nestedIn(field as Schema);
    }).join(", ");
}

function nestedIn(field: Schema): string {
  if (field.properties) return ` { ${fieldsIn(field)} }`;
  const item = field.items as Schema | undefined;
  return item?.properties ? ` [${nestedIn(item).trim()}]` : "";
}

const rows = ANNOUNCEMENTS.map(({ type, meaning, rule, Body }) => {
  const fields = fieldsIn(z.toJSONSchema(Body, { unrepresentable: "any" }));
  const place = [
    rule.kind,
    ...rule.caused ? ["caused"] : [],
    ...rule.addressed ? ["addressed"] : [],
    ...rule.afterClose ? ["after the close"] : [],
  ];
  return `| \`${type}\` | ${meaning} | \`${fields}\` | ${place.join(", ")} |`;
});

Deno.test("docs/announcements.md has a row for each kind of entry of the server", async () => {
  const page = await Deno.readTextFile(
    new URL("../../../docs/announcements.md", import.meta.url),
  );
  const rowsOfPage = page.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.replace(/ {2,}/g, " "));
  assert.deepEqual(rowsOfPage, rows);
});
