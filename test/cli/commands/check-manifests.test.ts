import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ESTATE = path.join(ROOT, 'fixtures/estates/rebuilt-on-newer-base');
const REHEARSED = 'registry.test/payments@sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715';
const REBUILT = 'registry.test/payments@sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8';

function manifest(image: string, container = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: payments-api }
spec: { template: { spec: { containers: [{ name: app, image: "${image}"${container} }] } } }
`;
}

function folder(files: Readonly<Record<string, string>>): string {
  const place = mkdtempSync(path.join(tmpdir(), 'selfsame-manifests-'));
  mkdirSync(path.join(place, 'rendered'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(place, 'rendered', name), text);
  return place;
}

function check(argv: readonly string[], { cwd = tmpdir(), input = '' }: { cwd?: string; input?: string } = {}) {
  const bin = [
    '--conditions=selfsame-source',
    path.join(ROOT, 'bin/selfsame.js'),
    'check',
    '--config',
    path.join(ESTATE, 'selfsame.yaml'),
    '--against',
    path.join(ESTATE, 'recording'),
  ];
  return spawnSync(process.execPath, [...bin, ...argv], { cwd, input, encoding: 'utf8' });
}

describe('selfsame check -f', () => {
  it('judges what is piped into it', () => {
    const may = check(['-f', '-'], { input: manifest(REHEARSED) });
    const mustNot = check(['-f', '-'], { input: manifest(REBUILT) });

    expect([may.status, mustNot.status]).toEqual([0, 1]);
    expect(may.stdout).toContain('production/test/default/Deployment/payments-api/app: selfsame');
    expect(mustNot.stdout).toMatch(/^must not go:/);
  });

  it('judges the manifests of a folder, by the words that they start it with, and prints no credential of theirs', () => {
    const cwd = folder({ 'api.yaml': manifest(REHEARSED, ', command: [node, cli.js], args: ["--password", "canary-7f3e9a11"]') });

    const { status, stdout, stderr } = check(['-f', 'rendered', '--json'], { cwd });

    expect(status).toBe(0);
    expect(JSON.parse(stdout).appear).toMatchObject([{ rule: 'runtime-config-override' }]);
    expect(`${stdout}${stderr}`).not.toContain('canary-7f3e9a11');
  });

  it('cannot tell of what an operator will start, and names it', () => {
    const cwd = folder({
      'api.yaml': manifest(REHEARSED),
      'map.yaml': 'kind: ConfigMap\nmetadata: {name: p}\ndata: {image: "registry.test/payments:1"}\n',
      'watch.yaml':
        'apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: p}\nspec: {image: "registry.test/prometheus:3"}\n',
    });

    const { status, stdout } = check(['-f', 'rendered'], { cwd });

    expect(status).toBe(3);
    expect(stdout).toContain('not judged: rendered/watch.yaml#Prometheus/p holds an image');
    expect(stdout).not.toMatch(/ConfigMap|kustomize/);
  });

  it.each([
    ['a file that is not there', {}, ['-f', 'none.yaml'], 'none.yaml cannot be read: not-found'],
    ['a manifest that is none', { 'api.yaml': 'kind: [' }, ['-f', 'rendered'], 'rendered/api.yaml:1 cannot be read: malformed'],
    [
      'what has no kind, beside what has one',
      { 'a.yaml': manifest(REHEARSED), 'b.yaml': 'a: till' },
      ['-f', 'rendered'],
      'rendered/b.yaml:1 cannot',
    ],
    [
      'what is still to be rendered',
      {
        'a.yaml': manifest(REHEARSED),
        'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: []\n',
      },
      ['-f', 'rendered'],
      'Render it: `kustomize build`',
    ],
    ['manifests without a container', { 'map.yaml': 'kind: ConfigMap' }, ['-f', 'rendered'], 'rendered declares no container'],
    [
      'a base beside what is rendered from it',
      { 'a.yaml': manifest(REHEARSED), 'b.yaml': manifest(REHEARSED) },
      ['-f', 'rendered'],
      'the container app stands in rendered/a.yaml#Deployment/default/payments-api, and in rendered/b.yaml#Deployment/default/payments-api',
    ],
    [
      'a tag of ours that nothing resolves',
      { 'a.yaml': manifest('registry.test/payments:9') },
      ['-f', 'rendered'],
      'Write its digest into rendered/a.yaml#Deployment/default/payments-api',
    ],
    ['images beside manifests', { 'a.yaml': manifest(REHEARSED) }, ['-f', 'rendered', REHEARSED], 'images and manifests are both given'],
    ['a file without a name', {}, ['-f', ''], '-f names no file'],
    ['nothing at all', {}, [], 'there is nothing to check'],
  ])('refuses %s', (_, files, argv, says) => {
    const { status, stderr } = check(argv, { cwd: folder(files) });

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(says) });
  });
});
