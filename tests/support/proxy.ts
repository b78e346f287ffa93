/** The proxy of a company's network, which leads every host to one port of this machine. */

export const PROXY_PASSWORD = "proxy-password";

interface Proxy extends AsyncDisposable {
  url: string;
  /** The hosts that it was asked for. */
  asked: string[];
}

/** A proxy that tunnels every CONNECT with the right password to one port of this machine. */
export function proxyTo(port: number): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  const tunnels: Promise<unknown>[] = [];
  const right = `Proxy-Authorization: Basic ${btoa(`user:${PROXY_PASSWORD}`)}`;
  const tunnel = async (conn: Deno.Conn) => {
    let head = "";
    const buffer = new Uint8Array(1024);
    while (!head.includes("\r\n\r\n")) {
      const read = await conn.read(buffer);
      if (read === null) return conn.close();
      head += new TextDecoder().decode(buffer.subarray(0, read));
    }
    const [, host] = /^CONNECT (\S+) /.exec(head) ?? [];
    asked.push(host ?? head);
    const allowed = head.toLowerCase().includes(right.toLowerCase());
    const answer = allowed ? "200 OK" : "407 Proxy Authentication Required";
    await conn.write(new TextEncoder().encode(`HTTP/1.1 ${answer}\r\n\r\n`));
    if (!allowed) return conn.close();
    const site = await Deno.connect({ hostname: "127.0.0.1", port });
    await Promise.allSettled([
      conn.readable.pipeTo(site.writable),
      site.readable.pipeTo(conn.writable),
    ]);
  };
  const accepting = (async () => {
    for await (const conn of listener) tunnels.push(tunnel(conn));
  })();
  return {
    url: `http://user:${PROXY_PASSWORD}@127.0.0.1:${listener.addr.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.allSettled(tunnels);
    },
  };
}
