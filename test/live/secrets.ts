import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Audit } from './audit.ts';
import type { Story } from './play.ts';
import { SCANNER } from './servers.ts';

/** Everything in the folder of an audit, but for the credentials that the test laid there itself. */
export function writtenBy({ folder }: Audit): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'kubeconfig');
  return names
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** What must be in nothing that is written: passwords and tokens, whole, in pieces and as they are sent. */
export function secretsOf({ tokens }: Story, password: string = SCANNER.password): string[] {
  const encoded = Buffer.from(`${SCANNER.username}:${password}`).toString('base64');
  return [password, encoded, ...Object.values(tokens).flatMap((token) => [token, ...token.split('.')])];
}
