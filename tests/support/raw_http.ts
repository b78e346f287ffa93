/** HTTP/1.1 as bytes, for requests that `fetch` cannot send: another host, wrong lengths,
 *  incomplete bodies. */

/** Sends bytes unchanged. Returns the response up to the end of the connection, or up to the end of
 *  a JSON body. */
export async function exchange(url: string, ...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  using conn = await Deno.connect({ hostname, port: Number(port) });
  for (const part of parts) await conn.write(new TextEncoder().encode(part));
  let answer = "";
  const buffer = new Uint8Array(4096);
  while (!/\r\n\r\n[\s\S]*[}\]]$/.test(answer)) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) break;
    answer += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return answer;
}

/** Sends one request without a body. Returns the response's status, head and body. */
export async function bareRequest(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; head: string; body: string }> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const answer = await exchange(
    url,
    `${method} ${path} HTTP/1.1\r\nconnection: close\r\ncontent-length: 0\r\n${lines}\r\n`,
  );
  const [head, body] = answer.split("\r\n\r\n") as [string, string];
  return { status: Number(head.split(" ")[1]), head, body };
}
