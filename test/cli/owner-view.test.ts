import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSources } from '../../src/cli/gather.ts';
import { selfsame } from '../fakes/command-line.ts';

const ESTATE = fileURLToPath(new URL('../../fixtures/estates/rebuilt-on-newer-base', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-owner-'));
const written = readFileSync(path.join(ESTATE, 'selfsame.yaml'), 'utf8');
writeFileSync(
  path.join(folder, 'selfsame.yaml'),
  `${written}teams: [{ name: team-payments, where: ["production/payments*"] }, { name: team-ledger, where: ["production/ledger"] }]\n`,
);

const judge = (...more: string[]) => selfsame(['judge', path.join(ESTATE, 'recording'), ...more], { cwd: folder });

describe('an owner on the command line', () => {
  it('is shown a part, and has the exit code of the whole', async () => {
    const [all, payments, ledger] = await Promise.all([judge(), judge('--owner', 'team-payments'), judge('--owner', 'team-ledger')]);

    expect([all.status, payments.status, ledger.status]).toEqual([1, 1, 1]);
    expect(payments.stdout).toContain('rebuilt-after-test');
    expect(ledger.stdout).not.toContain('rebuilt-after-test');
    expect(ledger.stdout).toContain('VIEW of team-ledger: 0 of ');
  });

  it('who is no team is refused, with what was meant', async () => {
    const { status, stderr, stdout } = await judge('--owner', 'team-payment');

    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean "team-payments"? The teams are: team-payments, team-ledger.');
  });
});

describe('a label that tells an owner', () => {
  it('is kept by the sources that see workloads, beside those that pair', async () => {
    const entries = [
      { use: 'kubernetes', environment: 'production', labels: ['app'] },
      { use: 'oci', registry: 'registry.test' },
    ];

    const [kubernetes, oci] = await loadSources('selfsame.yaml', entries, ['team', 'app']);

    expect(kubernetes?.config).toMatchObject({ labels: ['app', 'team'] });
    expect(oci?.config).not.toHaveProperty('labels');
  });
});
