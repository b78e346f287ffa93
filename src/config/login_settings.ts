/** The settings of identity providers: `LOGIN_*`. Each provider is set completely or not at all. */
import * as z from "zod";
import { ConfigError } from "./config_error.ts";
import { isLoopback } from "../accounts/clients/redirect_policy.ts";
import type { LoginSettings } from "../accounts/providers/identity_providers.ts";

/** The issuer exactly as the provider spells it, with or without a trailing slash. */
const Issuer = z.url({ protocol: /^https?$/ }).refine(
  (text) => URL.canParse(text) && !/[?#]/.test(text) && isProtected(text),
  "must be an https URL without a query, or an http one on this machine",
);

export const LoginEnvironment = z.object({
  LOGIN_GITHUB_ID: z.string().optional(),
  LOGIN_GITHUB_SECRET: z.string().optional(),
  LOGIN_GOOGLE_ID: z.string().optional(),
  LOGIN_GOOGLE_SECRET: z.string().optional(),
  LOGIN_OIDC_ISSUER: Issuer.optional(),
  LOGIN_OIDC_ID: z.string().optional(),
  LOGIN_OIDC_SECRET: z.string().optional(),
  LOGIN_OIDC_NAME: z.string().max(40, "must have at most 40 characters").optional(),
});
export type LoginEnvironment = z.infer<typeof LoginEnvironment>;

/** The providers that are set; undefined if there are none. Throws a `ConfigError` if one is set
 *  incompletely, and if sessions would travel without TLS. */
export function loginSettings(
  e: LoginEnvironment,
  publicUrl: string | undefined,
): LoginSettings | undefined {
  const github = allOrNone(e, "LOGIN_GITHUB_ID", "LOGIN_GITHUB_SECRET");
  const google = allOrNone(e, "LOGIN_GOOGLE_ID", "LOGIN_GOOGLE_SECRET");
  const oidc = allOrNone(e, "LOGIN_OIDC_ISSUER", "LOGIN_OIDC_ID", "LOGIN_OIDC_SECRET");
  if (!oidc && e.LOGIN_OIDC_NAME !== undefined) {
    throw new ConfigError("Cannot start: LOGIN_OIDC_NAME needs LOGIN_OIDC_ISSUER");
  }
  if (!github && !google && !oidc) return undefined;
  if (publicUrl !== undefined && !isProtected(publicUrl)) {
    throw new ConfigError(
      "Cannot start: LOGIN_* needs a PUBLIC_URL with https, or one on this machine",
    );
  }
  return {
    github: github && { id: github.LOGIN_GITHUB_ID, secret: github.LOGIN_GITHUB_SECRET },
    google: google && { id: google.LOGIN_GOOGLE_ID, secret: google.LOGIN_GOOGLE_SECRET },
    oidc: oidc && {
      issuer: oidc.LOGIN_OIDC_ISSUER,
      id: oidc.LOGIN_OIDC_ID,
      secret: oidc.LOGIN_OIDC_SECRET,
      name: e.LOGIN_OIDC_NAME ?? new URL(oidc.LOGIN_OIDC_ISSUER).host,
    },
  };
}

function allOrNone<Name extends keyof LoginEnvironment>(
  e: LoginEnvironment,
  ...names: Name[]
): Record<Name, string> | undefined {
  const given = names.flatMap((name) => {
    const value = e[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  if (given.length === 0) return undefined;
  const missing = names.filter((name) => e[name] === undefined);
  if (missing.length > 0) {
    throw new ConfigError(
      `Cannot start: ${given[0]![0]} also needs ${missing.join(" and ")}`,
    );
  }
  return Object.fromEntries(given) as Record<Name, string>;
}

function isProtected(url: string): boolean {
  return url.startsWith("https:") || isLoopback(new URL(url));
}
