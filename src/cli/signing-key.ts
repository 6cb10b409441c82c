import { AuditError } from '../error.ts';
import { secretVariable } from './secret-variable.ts';

/** Whoever sees a signature can try keys on it for as long as he likes. */
const SHORTEST = 16;

/** The secret that reports are signed with, from the variable that holds it; it is struck out of everything that is written. */
export function signingKeyOf(name: string): string {
  const key = secretVariable(name, { is: 'the secret', called: 'the secret' });
  if (key.length < SHORTEST)
    throw new AuditError('USAGE', `--sign-with ${name}: the secret is shorter than ${SHORTEST} characters`, {
      hint: 'Make one that nobody guesses: openssl rand -hex 32',
    });
  return key;
}
