/** How a person adds this server to ChatGPT, which has no settings file. */
import { NAME } from "../frame/server_name.ts";

/** Plain words, a control of the app, or a text to enter. */
export type StepPiece = string | { control: string } | { value: string };

export function chatGptSteps(mcpUrl: string): StepPiece[][] {
  return [
    [
      "Open Settings, ",
      { control: "Apps" },
      ", ",
      { control: "Advanced settings" },
      " and switch ",
      { control: "Developer mode" },
      " on.",
    ],
    [
      "Back in Apps, choose ",
      { control: "Create app" },
      ". Name: ",
      { value: NAME },
      "; MCP server URL: ",
      { value: mcpUrl },
      "; authentication: ",
      { control: "OAuth" },
      ". Accept the warning, choose ",
      { control: "Create" },
      ", and sign in when a window opens.",
    ],
    ["In a conversation, choose the app under ", { control: "+" }, "."],
  ];
}
