/** The papers name what is there, and the tree holds nothing that a tool makes. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const ENDINGS = /^[\w.-]+(?:\/[\w.-]+)+\.(?:ts|js|py|md|json|yaml|css)$/;
/** What tools leave behind: caches, compiled code, packages, archives. */
const PRODUCTS =
  /(^|\/)(__pycache__|node_modules|coverage|data)\/|\.(pyc|pyo|tgz|log|tmp|sqlite3)$/;

async function papers(): Promise<string[]> {
  const pages: string[] = [];
  const visit = async (folder: string, deeper: boolean) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory && deeper) await visit(`${folder}${name}/`, true);
      if (name.endsWith(".md")) pages.push(`${folder}${name}`);
    }
  };
  await visit("docs/", true);
  await visit("./", false);
  return pages.sort();
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}

/** The anchors of a page's headings, as its readers make them. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

Deno.test("each relative link of README.md and docs/ leads to a file, and to a heading in it", async () => {
  const broken: string[] = [];
  for (const page of await papers()) {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    for (const [, link] of text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)) {
      const url = new URL(link!, new URL(page, ROOT));
      const anchor = decodeURIComponent(url.hash.slice(1));
      url.hash = "";
      if (!await exists(url)) broken.push(`${page}: ${link}`);
      else if (anchor && !anchorsOf(await Deno.readTextFile(url)).includes(anchor)) {
        broken.push(`${page}: ${link}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("each path that README.md and docs/ name in backticks is there", async () => {
  const broken: string[] = [];
  for (const page of await papers()) {
    const text = (await Deno.readTextFile(new URL(page, ROOT))).replace(/```[\s\S]*?```/g, "");
    for (const [, path] of text.matchAll(/`([^`\s]+)`/g)) {
      if (!ENDINGS.test(path!)) continue;
      const places = [ROOT, new URL(page, ROOT), new URL("src/", ROOT)];
      const found = await Promise.all(places.map((place) => exists(new URL(path!, place))));
      if (!found.includes(true)) broken.push(`${page}: ${path}`);
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test({
  name: "no file that a tool makes is in the tree",
  ignore: !await exists(new URL(".git", ROOT)),
  async fn() {
    const { success, stdout } = await new Deno.Command("git", { args: ["ls-files"], cwd: ROOT })
      .output();
    assert.ok(success);
    const files = new TextDecoder().decode(stdout).trim().split("\n");
    assert.deepEqual(files.filter((path) => PRODUCTS.test(path)), []);
  },
});
