/** Signs in like a person with a browser, for programs that print the address of the sign-in. */
import assert from "node:assert/strict";

const ADDRESS = /http:\/\/\S+\/oauth\/authorize\?\S+(?=\s)/;

/** Reads a program's output, and opens the sign-in address in it once, after the program has also
 *  printed `ready`. */
export async function signInWhenAsked(
  output: ReadableStream<Uint8Array>,
  ready: RegExp = ADDRESS,
): Promise<string> {
  let printed = "";
  let visited = false;
  for await (const text of output.pipeThrough(new TextDecoderStream() as Decoder)) {
    printed += text;
    const [address] = ADDRESS.exec(printed) ?? [];
    if (visited || address === undefined || !ready.test(printed)) continue;
    visited = true;
    await visit(address);
  }
  return printed;
}

const VISITS = 150;
const BETWEEN_MS = 200;

/** Follows the redirects up to the program's own response. Some programs print the address before
 *  they listen, so the page is reloaded if necessary, as a person would. */
async function visit(address: string, visits = VISITS): Promise<void> {
  const page = await fetch(address).catch((error: unknown) => {
    if (visits <= 1 || !(error instanceof TypeError)) throw error;
  });
  if (page) return assert.equal(page.status, 200, await page.text());
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  await visit(address, visits - 1);
}

type Decoder = ReadableWritablePair<string, Uint8Array>;
