import { AuditError } from '../error.ts';
import { conceal } from './secrets.ts';

/** What a variable of the environment holds for `--sign-with`; it is struck out of everything that is written. */
export function secretVariable(name: string, secret: Readonly<{ is: string; called: string }>): string {
  const value = process.env[name] ?? '';
  if (value === '')
    throw new AuditError('USAGE', `--sign-with ${name}: the variable is not set`, {
      hint: `Name a variable of the environment that holds ${secret.is}, not ${secret.called}.`,
    });
  conceal(value);
  return value;
}
