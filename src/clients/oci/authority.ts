import type { Edge } from '../../collect/define-source.ts';
import type { Answer } from '../http.ts';
import { openGate } from './gate.ts';
import { type KeyringSettings, openKeyring, type Pass } from './keyring.ts';

export type AuthoritySettings = KeyringSettings;

/** Sends a request with this Authorization, or with none. */
export type Send = (authorization: string | undefined) => Promise<Answer>;

/** Sends a request for something in a repository, and once more with a pass where the registry wants one. */
export type Authority = (repository: string, send: Send) => Promise<Answer>;

/** Opens repositories as their registry asks. Until one pass was honoured they are tried one by one: many failures at once lock an account. */
export function openAuthority(settings: AuthoritySettings, edge: Edge): Authority {
  const keyring = openKeyring(settings, edge);
  const inTurn = openGate();

  const sendAgain = async (refused: Pass | undefined, repository: string, attempt: { challenge: string; send: Send }) => {
    const pass = await keyring.passAfter(refused, repository, attempt.challenge);
    const answer = pass && (await attempt.send(pass.header));
    if (!answer || answer.status === 401) throw keyring.giveUp(repository);
    pass.honoured = true;
    return answer;
  };

  return async (repository, send) => {
    const pass = await keyring.passFor(repository);
    const answer = await send(pass?.header);
    const challenge = answer.headers['www-authenticate'] ?? '';
    if (answer.status === 401) return inTurn(() => sendAgain(pass, repository, { challenge, send }));
    if (pass) pass.honoured = true;
    return answer;
  };
}
