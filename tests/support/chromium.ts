/** Debian's Chromium, driven by Puppeteer. (Playwright reads /proc when it is imported, which Deno
 *  allows only with all permissions.) */
import puppeteer, { type Browser } from "puppeteer-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of the browser; undefined if the machine has none. */
export const CHROMIUM: string | undefined = PATHS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Starts a browser with a new profile. It calls no other site by itself. `hosts` are the addresses
 *  of names that only this browser knows. */
export async function openChromium(hosts: Record<string, string>): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  return await puppeteer.launch({
    executablePath: CHROMIUM!,
    acceptInsecureCerts: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--host-resolver-rules=${rules.join(",")}`,
    ],
  });
}
