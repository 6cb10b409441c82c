import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ECR_HOST, type FakeEcr, startEcr } from '../../fakes/ecr.ts';
import { configOf, digestOf, OCI_MANIFEST } from '../../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const IN_TOTO = 'application/vnd.in-toto+json';
const CYCLONEDX = 'https://cyclonedx.org/bom';

let fake: FakeEcr;
let folder: string;

beforeEach(async () => {
  fake = await startEcr();
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-diff-'));
  await writeFile(
    path.join(folder, 'selfsame.yaml'),
    `version: 1
promotion: [staging, production]
sources: [{ use: ecr, registry: "${ECR_HOST}", endpoint: "${fake.endpoint}", cache: off }]
`,
  );
});
afterEach(() => Promise.all([fake.stop(), rm(folder, { recursive: true })]));

/** Pushes an image that has a bill of one package attached, and returns its reference. */
function push(version: string): string {
  const image = fake.image('payments/checkout', configOf({ rootfs: { type: 'layers', diff_ids: [digestOf(version)] } }));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'checkout', digest: { sha256: image.digest.slice(7) } }],
    predicateType: CYCLONEDX,
    predicate: { bomFormat: 'CycloneDX', specVersion: '1.5', components: [{ type: 'library', name: 'till', version }] },
  };
  const blob = fake.layer('payments/checkout', Buffer.from(JSON.stringify(statement)));
  const layers = [{ ...blob, mediaType: IN_TOTO, annotations: { predicateType: CYCLONEDX } }];
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: blob, layers };
  fake.put('payments/checkout', { ...manifest, artifactType: IN_TOTO, subject: { digest: image.digest } }, OCI_MANIFEST);
  return `${ECR_HOST}/payments/checkout@${image.digest}`;
}

it('selfsame diff reads bills of materials that ECR lists as referrers', async () => {
  const [shipped, tested] = [push('2.0.0'), push('1.9.0')];
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' };
  const argv = ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js'), 'diff', shipped, tested];

  const child = spawn(process.execPath, argv, { cwd: folder, env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);

  expect(stderr).toBe('');
  expect(stdout).toContain('packages: by the SBOMs, 1 in another version, 0 only in A, 0 only in B, 0 the same');
  expect(stdout).toContain('    library till: 2.0.0 → 1.9.0\n');
});
