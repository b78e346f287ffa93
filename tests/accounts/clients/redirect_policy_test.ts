import assert from "node:assert/strict";
import {
  isKnownRedirect,
  isSameRedirect,
  redirectProblem,
} from "../../../src/accounts/clients/redirect_policy.ts";

const ALLOWED = [
  "https://claude.ai/api/mcp/auth_callback",
  "https://app.example:8443/cb?x=1",
  "https://[2001:db8::1]/cb",
  "http://localhost/callback",
  "http://localhost:33418/any/path",
  "http://127.0.0.1/",
  "http://[::1]:7777/cb",
  "cursor://anysphere.cursor-mcp/oauth/callback",
  "CURSOR://anysphere.cursor-mcp/oauth/callback",
  "cursor://anysphere.cursor-mcp/oauth/callback?x=1",
  "vscode://publisher.extension/callback",
  "vscode-insiders://publisher.extension/callback",
  "windsurf://codeium.windsurf/oauth/callback",
  "warp://mcp/oauth2callback",
  "myapp://callback",
  "myapp:/callback",
  "com.example.app:/oauth2redirect/provider",
  "com.example.app://oauth",
  "com.example.app:oauth",
  "com.googleusercontent.apps.123-abc:/oauthredirect",
];

const REFUSED = [
  "",
  "/callback",
  "http://app.example/cb",
  "http://localhost.app.example/cb",
  "http://127.0.0.2/cb",
  "http://0.0.0.0/cb",
  "http://localhost@app.example/cb",
  "https://user:pass@app.example/cb",
  "https://app.example/cb#fragment",
  "https://app.example/cb#",
  "https://app.example/a b",
  "https://app.example/\u0000",
  "https://bücher.example/cb",
  "https://app.example;script-src/cb",
  "https://a,b/cb",
  "javascript:alert(1)",
  "JavaScript://app.example/%0aalert(1)",
  "javascript:/callback",
  "vbscript:msgbox(1)",
  "data:text/html,x",
  "data://text/html,x",
  "blob:https://app.example/1",
  "about:blank",
  "about://blank",
  "view-source:https://app.example/",
  "filesystem:https://app.example/temporary/x",
  "file:///etc/passwd",
  "ftp://app.example/cb",
  "ws://localhost/cb",
  "mailto:a@app.example",
  "tel:123",
  "intent://app.example/#Intent;end",
  "ms-msdt:/id",
  "ms-settings://x",
  "chrome://settings",
  "chrome-extension://abcdefgh/cb",
  "moz-extension://abcdefgh/cb",
  "urn:ietf:wg:oauth:2.0:oob",
  "web+app://callback",
  "myapp:callback",
  "c:/callback",
  "myapp",
  "://callback",
  "1app://callback",
  "myapp://user:pass@callback",
  "myapp://callback#fragment",
  "myapp://call back",
  `https://app.example/${"a".repeat(2000)}`,
];

Deno.test("redirectProblem() allows https, http on loopback and apps' own schemes", () => {
  for (const uri of ALLOWED) assert.equal(redirectProblem(uri), undefined, uri);
});

Deno.test("redirectProblem() refuses everything else", () => {
  for (const uri of REFUSED) assert.equal(typeof redirectProblem(uri), "string", uri);
});

const PAIRS: [registered: string, asked: string, same: boolean][] = [
  ["https://app.example/cb", "https://app.example/cb", true],
  ["https://app.example/cb", "https://app.example/cb/", false],
  ["https://app.example/cb", "https://app.example/cb?x=1", false],
  ["https://app.example/cb", "https://app.example:8443/cb", false],
  ["https://app.example/cb", "https://APP.example/cb", false],
  ["https://localhost/cb", "https://localhost:8443/cb", false],
  ["http://localhost/cb", "http://localhost:5173/cb", true],
  ["http://localhost:1/cb", "http://localhost:2/cb", true],
  ["http://[::1]/cb", "http://[::1]:99/cb", true],
  ["http://localhost/cb", "http://127.0.0.1:5173/cb", false],
  ["http://localhost/cb", "http://localhost:5173/other", false],
  ["http://localhost/cb?a=1", "http://localhost:5173/cb?a=2", false],
  ["http://localhost/cb", "http://localhost:5173/cb#x", false],
  ["http://localhost/cb", "http://me@localhost:5173/cb", false],
  ["http://localhost/cb", "not a url", false],
  ["http://127.0.0.1:33418", "http://127.0.0.1:33418/", true],
  ["http://127.0.0.1/", "http://127.0.0.1:33418", true],
  ["http://127.0.0.1?x=1", "http://127.0.0.1:33418/?x=1", true],
  ["http://localhost/cb", "http://localhost:5173/cb/", false],
  ["https://app.example", "https://app.example/", true],
  ["https://app.example:8443", "https://app.example:9443/", false],
  ["warp://mcp/cb", "warp://mcp/cb", true],
  ["warp://mcp/cb", "WARP://mcp/cb", false],
  ["warp://mcp", "warp://mcp/", false],
  ["warp://mcp:1/cb", "warp://mcp:2/cb", false],
];

Deno.test("isSameRedirect() requires the exact text, but for loopback's port and an empty path", () => {
  for (const [registered, asked, same] of PAIRS) {
    assert.equal(isSameRedirect(registered, asked), same, `${registered} and ${asked}`);
  }
});

const KNOWN: [uri: string, known: boolean][] = [
  ["https://claude.ai/api/mcp/auth_callback", true],
  ["https://claude.com/api/mcp/auth_callback", true],
  ["https://chatgpt.com/connector_platform_oauth_redirect", true],
  ["https://chatgpt.com/connector/oauth/abc-123_X", true],
  ["http://localhost:3118/callback", true],
  ["http://127.0.0.1:9/anything", true],
  ["http://[::1]:9/", true],
  ["https://claude.ai/api/mcp/auth_callback?x=1", false],
  ["https://claude.ai:8443/api/mcp/auth_callback", false],
  ["https://claude.ai.app.example/api/mcp/auth_callback", false],
  ["https://chatgpt.com/connector/oauth/", false],
  ["https://chatgpt.com/connector/oauth/a/b", false],
  ["https://chatgpt.com/connector/oauth/..%2f", false],
  ["https://localhost/callback", false],
  ["https://app.example/cb", false],
  ["cursor://anysphere.cursor-mcp/oauth/callback", false],
  ["com.example.app:/localhost", false],
];

Deno.test("isKnownRedirect() knows the assistants and loopback", () => {
  for (const [uri, known] of KNOWN) assert.equal(isKnownRedirect(uri), known, uri);
});
