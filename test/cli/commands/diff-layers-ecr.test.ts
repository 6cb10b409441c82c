import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ECR_HOST, type FakeEcr, startEcr } from '../../fakes/ecr.ts';
import { layerOf, tarOf, WRITTEN } from '../../fakes/layer.ts';
import { configOf, OCI_CONFIG, OCI_MANIFEST } from '../../fakes/registry.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LATER = new Date('2026-03-02T10:00:00Z');

let fake: FakeEcr;
let folder: string;

beforeEach(async () => {
  fake = await startEcr();
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-diff-'));
  await writeFile(
    path.join(folder, 'selfsame.yaml'),
    `version: 1
promotion: [staging, production]
sources: [{ use: ecr, registry: "${ECR_HOST}", endpoint: "${fake.endpoint}", cache: off, referrers: "false" }]
`,
  );
});
afterEach(() => Promise.all([fake.stop(), rm(folder, { recursive: true })]));

/** Pushes an image of one file that was written then, and returns its reference. */
async function push(mtime: Date): Promise<string> {
  const { body, diffId } = layerOf(await tarOf([[{ name: 'srv/checkout.js', mtime }, 'serve();']]));
  const config = configOf({ rootfs: { type: 'layers', diff_ids: [diffId] }, history: [{ created_by: 'COPY checkout.js /srv' }] });
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: fake.put('payments/checkout', config, OCI_CONFIG) };
  const { digest } = fake.put('payments/checkout', { ...manifest, layers: [fake.layer('payments/checkout', body)] });
  return `${ECR_HOST}/payments/checkout@${digest}`;
}

it('selfsame diff --layers reads layers of ECR, and knows a rebuild that differs in times alone', async () => {
  const [shipped, tested] = [await push(LATER), await push(WRITTEN)];
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' };
  const argv = ['--conditions=selfsame-source', path.join(ROOT, 'bin/selfsame.js'), 'diff', shipped, tested, '--layers'];

  const child = spawn(process.execPath, argv, { cwd: folder, env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);

  expect(stderr).toBe('');
  expect(stdout).toContain('contents: equal but for times');
  expect(stdout).toContain('layer 1 of 1 by "COPY checkout.js /srv": 0 of 1 paths differ, and 1 in times alone');
});
