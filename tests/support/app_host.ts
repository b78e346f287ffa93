/** The two sites of a host of MCP Apps in a browser: the page of the host (`web/app_host.js`), and
 *  the sandbox, which has another origin and the policy that hosts give to apps without domains. */

interface AppHost extends AsyncDisposable {
  /** The address of the host's page. */
  page: string;
  /** The address of the sandbox. */
  proxy: string;
}

const HTML = "text/html; charset=utf-8";
const POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline'; " +
  "style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; " +
  "connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'self'";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Chat</title>
<meta name="color-scheme" content="light dark"><script type="module" src="/host.js"></script>`;

/** Frames the document that the host sends, and passes on every other message, both ways. */
const PROXY = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox</title>
<meta name="color-scheme" content="light dark">
<style>html, body { margin: 0; height: 100%; } iframe { width: 100%; height: 100%; border: 0; }</style>
<body><script>
  const inner = document.createElement("iframe");
  inner.title = "app";
  inner.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  document.body.append(inner);
  addEventListener("message", ({ source, data }) => {
    if (source === inner.contentWindow) parent.postMessage(data, "*");
    else if (data.method !== "ui/notifications/sandbox-resource-ready") {
      inner.contentWindow.postMessage(data, "*");
    } else {
      inner.contentDocument.open();
      inner.contentDocument.write(data.params.html);
      inner.contentDocument.close();
    }
  });
  const method = "ui/notifications/sandbox-proxy-ready";
  parent.postMessage({ jsonrpc: "2.0", method, params: {} }, "*");
</script>`;

export async function appHost(): Promise<AppHost> {
  const script = await bundled(new URL("../web/app_host.js", import.meta.url));
  const hosts = site((path) =>
    path === "/host.js"
      ? new Response(script, { headers: { "content-type": "text/javascript" } })
      : path === "/"
      ? new Response(PAGE, { headers: { "content-type": HTML } })
      : new Response(null, { status: 204 })
  );
  const sandbox = site(() =>
    new Response(PROXY, { headers: { "content-type": HTML, "content-security-policy": POLICY } })
  );
  return {
    page: `http://127.0.0.1:${hosts.addr.port}/`,
    proxy: `http://localhost:${sandbox.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await Promise.all([hosts.shutdown(), sandbox.shutdown()]);
    },
  };
}

function site(answer: (path: string) => Response) {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, ({ url }) => answer(new URL(url).pathname));
}

async function bundled(module: URL): Promise<string> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const args = ["bundle", "--quiet", `--config=${config}`, "--platform=browser", module.pathname];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
