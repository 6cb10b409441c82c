import type { Edge } from '../../collect/define-source.ts';
import { AuditError, unreadable } from '../../error.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { basicHeader, type Login } from './login.ts';
import { requestToken, type TokenSettings } from './token.ts';

export type KeyringSettings = TokenSettings &
  Readonly<{
    /** Asked at most once, and only when the registry wants a login. */
    login(): Promise<Login | undefined>;
  }>;

/** A permission to pull, and whether the registry ever took it. */
export type Pass = { readonly header: string; honoured: boolean };

/** The passes to a registry's repositories. */
export type Keyring = Readonly<{
  /** The pass to send along, if one is known. */
  passFor(repository: string): Promise<Pass> | undefined;
  /** Another pass than the one that was refused; undefined where there is none. */
  passAfter(refused: Pass | undefined, repository: string, challenge: string): Promise<Pass | undefined>;
  /** That even a new pass was refused: a refused name and password are refused everywhere, and are not sent again. */
  giveUp(repository: string): AuditError;
}>;

/** The key of a pass that opens every repository, as a name and a password do. */
const EVERYWHERE = '';

/** Gets passes as a registry asks for them: one exchange serves all that wait for it; a pass that was honoured before has aged and is renewed. */
export function openKeyring(settings: KeyringSettings, edge: Edge): Keyring {
  const passes = new Map<string, Promise<Pass>>();
  let login: Promise<Login | undefined> | undefined;
  let shut: Promise<never> | undefined;

  const passFor = (repository: string) => shut ?? passes.get(repository) ?? passes.get(EVERYWHERE);
  const giveUp = (name: string, error: AuditError = notHonoured(name)) => {
    shut = Promise.reject(error);
    // It is told to whoever asks for a pass next, and perhaps nobody does.
    shut.catch(() => undefined);
    return error;
  };
  const issue = async (repository: string, challenge: Challenge): Promise<Pass> => {
    const known = await (login ??= settings.login());
    const basic = known && basicHeader(known, edge);
    if (challenge.scheme === 'basic' && basic === undefined) throw notHonoured(settings.registry);
    if (challenge.scheme === 'basic') return { header: basic ?? '', honoured: false };
    const token = requestToken({ challenge, repository, basic }, settings, edge);
    token.catch((error: unknown) => {
      if (basic !== undefined && isRefusedLogin(error)) giveUp(settings.registry, error);
    });
    return { header: `Bearer ${await token}`, honoured: false };
  };

  return {
    passFor,
    async passAfter(refused, repository, header) {
      const known = passFor(repository);
      const current = await known;
      if (current !== refused || known !== passFor(repository)) return passFor(repository);
      if (refused && !refused.honoured) return undefined;
      const challenge = parseChallenge(header);
      if (!challenge) throw notUnderstood(settings);
      const issued = issue(repository, challenge);
      passes.set(challenge.scheme === 'basic' ? EVERYWHERE : repository, issued);
      return issued;
    },
    giveUp: (repository) => (passes.has(EVERYWHERE) ? giveUp(settings.registry) : notHonoured(`${settings.registry}/${repository}`)),
  };
}

function isRefusedLogin(error: unknown): error is AuditError {
  return error instanceof AuditError && error.because === 'unauthenticated';
}

function notHonoured(name: string): AuditError {
  return unreadable('unauthenticated', `${name} wants a login`, {
    hint: `${name} wants another login than this scan has: set username and passwordEnv of this source, or log in with docker.`,
  });
}

function notUnderstood({ registry }: TokenSettings): AuditError {
  return unreadable('unsupported', `${registry} asks for a login in no way that is understood`, {
    hint: `${registry} must challenge with Basic or Bearer: check that nothing stands before it, as the login page of a proxy does.`,
  });
}
