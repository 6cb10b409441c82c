import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadSources } from '../../src/cli/gather.ts';
import { loadConfig } from '../../src/config/load.ts';
import { selfsame } from '../fakes/command-line.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const things = parseAllDocuments(read('deploy/cronjob.yaml')).map((document) => document.toJS());
const only = (kind: string) => things.find((thing) => thing.kind === kind);
const job = only('CronJob').spec.jobTemplate.spec;
const pod = job.template.spec;
const [container] = pod.containers;

describe('the nightly job of a cluster', () => {
  it('may read what the page of the source names, and nothing else', () => {
    const [, block = ''] = /## Permissions\n+```yaml\n([^]*?)```/.exec(read('src/sources/kubernetes.md')) ?? [];

    expect(only('ClusterRole')).toEqual(parse(block));
    expect(only('ClusterRole').rules.flatMap(({ verbs }: { verbs: string[] }) => verbs)).not.toContain('create');
  });

  it('is not tried again: drift and gaps are answers', () => {
    expect(job).toMatchObject({ backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } });
    expect(only('CronJob').spec.concurrencyPolicy).toBe('Forbid');
  });

  it('runs an image by digest, as nobody, on a disk that it cannot write to', () => {
    expect(container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('is reached by nobody, and asks for names, the API server and registries alone', () => {
    const { policyTypes, ingress, egress } = only('NetworkPolicy').spec;

    const ports = egress.flatMap((rule: { ports: { port: number }[] }) => rule.ports.map(({ port }) => port));

    expect({ policyTypes, ingress, ports }).toEqual({ policyTypes: ['Ingress', 'Egress'], ingress: undefined, ports: [53, 53, 443, 6443] });
  });

  it('has a configuration that is read as it stands', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-cronjob-')), 'selfsame.yaml');
    writeFileSync(file, only('ConfigMap').data['selfsame.yaml']);

    const { sources } = await loadConfig(file, []);

    await expect(loadSources(file, sources)).resolves.toHaveLength(2);
  });

  it('is started with options that there are', async () => {
    const [command, ...options] = container.args as string[];

    const { stdout } = await selfsame([`${command}`, '--help'], { cwd: tmpdir() });

    expect(options.map((option) => option.split('=')[0] ?? '').filter((option) => !stdout.includes(option))).toEqual([]);
  });
});
