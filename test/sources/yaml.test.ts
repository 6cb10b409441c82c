import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSources } from '../../src/cli/gather.ts';
import { loadConfig } from '../../src/config/load.ts';
import { idsIn, loadAll } from '../../src/registry.ts';

const TRUST = 'trust: { roots: [root.json], accept: [{ for: [provenance], key: a.pub }, { for: [test-result], issuer: i, identity: me }] }';
const KEYS = {
  ecr: [
    'registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    'repositories: [shop/*]',
    'profile: audit',
    'assumeRole: { roleArn: "arn:aws:iam::123456789012:role/selfsame", externalId: 4711 }',
    'pullThrough: [docker-hub]',
    'maxRequests: 200',
    'cache: off',
    'cacheMiB: 64',
    'referrers: false',
  ],
  ghcr: ['owner: acme', 'packages: [payments-*]'],
  'github-actions': ['repositories: [acme/*]', 'gates: { e2e: integration }', 'artifacts: false', 'logs: false', 'maxRequests: 200', TRUST],
  'github-workflows': ['repositories: [acme/*]', 'exclude: [test/*]', 'maxRequests: 200'],
  kubernetes: [
    'environment: production',
    'context: prd',
    'cluster: prd',
    'labels: [app]',
    'exec: allow',
    'insecure: true',
    'rolloutGrace: 20m',
  ],
  oci: [
    'registry: 127.0.0.1:5000',
    TRUST,
    'insecure: true',
    'referrers: false',
    'maxRequests: 200',
    'cache: off',
    'cacheMiB: 64',
    'repositories: [shop/*]',
    'channels: { staging: { shop: acme/shop:next } }',
  ],
  records: ['files: [records.jsonl]', 'project: acme/cart', 'since: 2026-01-01T00:00:00Z', TRUST],
} as const;

/** A configuration as a person writes it: nothing is quoted, and every scalar is read as text. */
async function load(use: string, keys: readonly string[]) {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-yaml-')), 'selfsame.yaml');
  writeFileSync(
    file,
    `version: 1\npromotion: [staging, production]\nsources:\n  - use: ${use}\n${keys.map((key) => `    ${key}\n`).join('')}`,
  );
  const { sources } = await loadConfig(file, await loadAll('rules'));
  return loadSources(file, sources);
}

describe('the keys of a source, as they are written in YAML', () => {
  it('are tried for every source there is', async () => {
    expect(Object.keys(KEYS)).toEqual(await idsIn('sources'));
  });

  it.each(Object.entries(KEYS))('are taken: %s', async (use, keys) => {
    await expect(load(use, keys)).resolves.toMatchObject([{ name: use }]);
  });

  it.each([
    ['oci', 'cacheMiB: much', 'mebibytes'],
    ['oci', 'referrers: maybe', 'referrers'],
  ])('are refused where they make no sense: %s %s', async (use, key, says) => {
    await expect(load(use, ['registry: a.test', key])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(says),
    });
  });
});
