import type { Edge } from '../../collect/define-source.ts';
import { type AppSettings, appLogin } from './app-login.ts';
import type { Fetch } from './fetch.ts';
import { ghToken } from './gh-login.ts';
import { type Login, type TokenSettings, tokenFor } from './token.ts';

/** How to log in: as an app, else with a token of the environment, else, where that is allowed, with the one of `gh`. */
export type LoginSettings = TokenSettings & Readonly<{ app?: AppSettings | undefined; gh?: 'allow' | undefined }>;

/** Opens the login that is configured; undefined where there is none. What is wrong with one is never mended by another. */
export async function openLogin(
  settings: LoginSettings,
  way: Readonly<{ api: URL; asker: Fetch }>,
  edge: Edge,
): Promise<Login | undefined> {
  if (settings.app) return appLogin(settings.app, way, edge);
  const token = tokenFor(settings, edge) ?? (settings.gh === 'allow' ? await ghToken(way.api, edge) : undefined);
  return token === undefined ? undefined : { token: async () => token, secret: token };
}
