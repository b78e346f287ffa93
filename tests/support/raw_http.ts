/** HTTP/1.1 as bytes, for what `fetch` does not send: another host, broken lengths, bodies that
 *  stop. */

/** Sends bytes as they are and returns what came back before the server closed, or a whole JSON
 *  answer. */
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

/** One request without a body. Returns the answer's status, head and body. */
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
