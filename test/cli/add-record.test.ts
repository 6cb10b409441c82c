import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addRecord } from '../../src/cli/add-record.ts';
import { sha256 } from '../../src/domain/identify.ts';

const A = `sha256:${sha256('payments@A')}`;
const B = `sha256:${sha256('payments@B')}`;
const RUN = ['--run-platform', 'drone', '--run-id', '41', '--at', '2026-03-02T09:00:00Z'];

async function typed(...argv: string[]): Promise<unknown> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-typed-')), 'records.jsonl');
  const exitCodes: number[] = [];
  const program = new Command('selfsame').exitOverride();
  addRecord(program, (code) => exitCodes.push(code));
  await program.parseAsync(['record', ...argv, ...RUN, '--out', file], { from: 'user' });
  expect(exitCodes).toEqual([0]);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('what is typed', () => {
  it('records a build with its members and bases', async () => {
    const image = ['--image', `ghcr.io/acme/payments:1.4@${A}`];
    const parts = ['--platform', `linux/amd64=${B}`, '--base', 'node:24', '--base', `alpine:3@${B}`, '--builder', 'buildkit'];

    expect(await typed('build', ...image, ...parts)).toMatchObject({
      kind: 'build',
      digest: A,
      platforms: { 'linux/amd64': B },
      base: [{ image: 'docker.io/library/node:24' }, { image: 'docker.io/library/alpine:3', digest: B }],
      builder: 'buildkit',
      run: { platform: 'drone', id: '41' },
      at: '2026-03-02T09:00:00Z',
    });
  });

  it('records a test', async () => {
    const times = ['--started-at', '2026-03-02T08:50:00Z', '--environment', 'staging'];

    expect(await typed('test', '--digest', A, '--gate', 'e2e', '--result', 'warned', ...times)).toMatchObject({
      kind: 'test',
      gate: 'e2e',
      result: 'warned',
      startedAt: '2026-03-02T08:50:00Z',
      environment: 'staging',
    });
  });

  it('records an approval, with who asked for it', async () => {
    const people = ['--by', 'grace', '--requested-by', 'ada', '--state', 'rejected'];

    expect(await typed('approve', '--digest', A, '--environment', 'prod', ...people)).toMatchObject({
      kind: 'approve',
      environment: 'prod',
      by: 'grace',
      requestedBy: 'ada',
      state: 'rejected',
    });
  });

  it('records a promotion and a deployment', async () => {
    const promotion = await typed('promote', '--digest', A, '--from', 'staging', '--to', 'production');
    const deployment = await typed('deploy', '--digest', A, '--environment', 'production');

    expect(promotion).toMatchObject({ kind: 'promote', from: 'staging', to: 'production' });
    expect(deployment).toMatchObject({ kind: 'deploy', environment: 'production' });
  });
});
