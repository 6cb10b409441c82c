import { AuditError } from '../error.ts';
import { conceal } from './secrets.ts';

/** Whoever sees a signature can try keys on it for as long as he likes. */
const SHORTEST = 16;

/** The secret that reports are signed with, from the variable that holds it; it is struck out of everything that is written. */
export function signingKeyOf(name: string): string {
  const key = process.env[name] ?? '';
  if (key === '')
    throw new AuditError('USAGE', `--sign-with ${name}: the variable is not set`, {
      hint: 'Name a variable of the environment that holds the secret, not the secret.',
    });
  conceal(key);
  if (key.length < SHORTEST)
    throw new AuditError('USAGE', `--sign-with ${name}: the secret is shorter than ${SHORTEST} characters`, {
      hint: 'Make one that nobody guesses: openssl rand -hex 32',
    });
  return key;
}
