/** The person in front of a browser, for programs that print the address where one has to sign in. */
import assert from "node:assert/strict";

const ADDRESS = /http:\/\/\S+\/oauth\/authorize\?\S+(?=\s)/;

/** Reads all that a program prints, and opens the sign-in address in it once, as soon as `ready` was printed, too. */
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
    const page = await fetch(address); // follows the redirects, to the program's own answer
    assert.equal(page.status, 200, await page.text());
  }
  return printed;
}

type Decoder = ReadableWritablePair<string, Uint8Array>;
