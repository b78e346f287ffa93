/** A host of MCP Apps in a page, as AI clients are: its part of the protocol is the extension's own
 *  `AppBridge`. The page gives it `callServer`, which calls a tool of the real server. */
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

const INFO = { name: "test host", version: "1" };

/** Frames an app, and gives it the call that it draws and the answer. `proxy`: the address of the
 *  sandbox, which has another origin and frames the document in turn. */
globalThis.frameApp = async ({ proxy, html, input, result, theme }) => {
  document.querySelector("iframe")?.remove();
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  frame.style = "width: 100%; border: 0;";
  frame.title = "board";
  const ready = new Promise((resolve) => {
    addEventListener("message", function listener({ source, data }) {
      if (source !== frame.contentWindow) return;
      if (data?.method !== "ui/notifications/sandbox-proxy-ready") return;
      removeEventListener("message", listener);
      resolve();
    });
  });
  frame.src = proxy;
  document.body.append(frame);
  await ready;
  const capabilities = { openLinks: {}, serverTools: {} };
  const bridge = new AppBridge(null, INFO, capabilities, { hostContext: { theme } });
  bridge.oncalltool = (params) => globalThis.callServer(params);
  globalThis.heights = [];
  bridge.onsizechange = ({ height }) => {
    globalThis.heights.push(height);
    frame.style.height = `${height}px`;
  };
  const initialized = new Promise((resolve) => bridge.oninitialized = resolve);
  const { contentWindow } = frame;
  await bridge.connect(new PostMessageTransport(contentWindow, contentWindow));
  await bridge.sendSandboxResourceReady({ html });
  await initialized;
  await bridge.sendToolInput({ arguments: input });
  await bridge.sendToolResult(result);
  globalThis.bridge = bridge;
};
