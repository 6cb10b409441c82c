import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeSigned } from '../../src/cli/write-signed.ts';
import { type Run, selfsame } from '../fakes/command-line.ts';

const ESTATE = fileURLToPath(new URL('../../fixtures/estates/rebuilt-on-newer-base', import.meta.url));
const KEY = 'canary-c0ffee-c0ffee-c0ffee';

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'selfsame-signed-'));
}

function judge(cwd: string, argv: readonly string[], env: Readonly<Record<string, string>> = { HOOK_KEY: KEY }): Promise<Run> {
  return selfsame(['judge', path.join(ESTATE, 'recording'), '--config', path.join(ESTATE, 'selfsame.yaml'), ...argv], { cwd, env });
}

describe('a report that is signed', () => {
  it('has the HMAC of its bytes beside it, as GitHub gives it for its example', async () => {
    const file = path.join(folder(), 'event.json');

    // The secret, the payload and the signature of docs.github.com, Validating webhook deliveries, 2026.
    await writeSigned(file, ['Hello, ', 'World!'], "It's a Secret to Everybody");

    expect(readFileSync(`${file}.sig`, 'utf8')).toBe('sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\n');
    expect(readFileSync(file, 'utf8')).toBe('Hello, World!');
    expect(statSync(`${file}.sig`).mode & 0o777).toBe(0o600);
  });

  it('is signed with the secret in a variable, which is written nowhere', async () => {
    const cwd = folder();

    const { status, stdout, stderr } = await judge(cwd, ['--report', 'webhook=event.json', '--sign-with', 'HOOK_KEY']);

    const written = readFileSync(path.join(cwd, 'event.json'));
    const signature = readFileSync(path.join(cwd, 'event.json.sig'), 'utf8');
    expect(signature).toBe(`sha256=${createHmac('sha256', KEY).update(written).digest('hex')}\n`);
    expect(status).toBe(1);
    expect([stdout, stderr, written.toString(), signature].join('\n')).not.toContain('canary');
  });

  it.each([
    ['a variable that is not set', ['--report', 'webhook=event.json', '--sign-with', 'NO_KEY'], 'the variable is not set'],
    ['a secret that can be guessed', ['--report', 'webhook=event.json', '--sign-with', 'SHORT_KEY'], 'shorter than 16 characters'],
    ['no file to sign', ['--report', 'webhook', '--sign-with', 'HOOK_KEY'], 'none is to be written'],
    ['what is no file', ['--report', 'webhook=/dev/null', '--sign-with', 'HOOK_KEY'], '/dev/null is none'],
  ])('is refused with %s, and nothing is written', async (_, argv, says) => {
    const cwd = folder();

    const { status, stderr } = await judge(cwd, argv, { HOOK_KEY: KEY, SHORT_KEY: 'c0ffee' });

    expect(status).toBe(2);
    expect(stderr).toContain(says);
    expect(existsSync(path.join(cwd, 'event.json'))).toBe(false);
  });
});
