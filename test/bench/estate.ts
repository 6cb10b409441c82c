import type { Digest } from '../../src/domain/digest.ts';
import { Observation } from '../../src/domain/observation.ts';
import { Plan } from '../../src/domain/plan.ts';
import type { Recording } from '../../src/domain/recording.ts';

export type Size = Readonly<{ workloads: number; digests: number; lines: number }>;

const AT = '2026-03-02T12:00:00Z';
const hex = (kind: string, n: number) => `sha256:${kind.charCodeAt(0).toString(16)}${n.toString(16).padStart(62, '0')}` as Digest;
const seen = { at: AT, origin: { source: 'bench', locator: 'bench' } };

/**
 * A fleet as one recording: every workload runs in staging and in production; of ten digests, six were promoted, two rebuilt
 * from the commit that was tested, one is another commit that nobody tested and one was pushed by hand.
 */
export function fleet({ workloads, digests, lines }: Size): { recording: Recording; plan: Plan } {
  const observations: Observation[] = [
    ...statements(),
    ...contents(digests, lines),
    ...records(digests, lines),
    ...running(workloads, digests, lines),
  ];
  const plan = Plan.parse({ promotion: [['staging'], ['production']], gates: [{ name: 'e2e' }] });
  return { recording: { takenAt: { from: AT, to: AT }, digest: 'sha256:bench', observations }, plan };
}

const imageOf = (n: number, lines: number) => ({ registry: 'registry.test', repository: `team-${n % 40}/service-${n % lines}` });

/** What a digest is downstream of: itself where it was promoted, the one it was rebuilt from, or nothing. */
function upstreamOf(n: number): number {
  const kind = n % 10;
  return kind === 6 || kind === 7 ? n - 5 : n;
}

function statements(): Observation[] {
  const kinds = ['running-image', 'build', 'test', 'content', 'tag'] as const;
  return kinds.flatMap((of) => [
    Observation.parse({ ...seen, kind: 'expected', of, scope: { source: 'bench' } }),
    Observation.parse({ ...seen, kind: 'coverage', of, scope: { source: 'bench' } }),
  ]);
}

function contents(digests: number, lines: number): Observation[] {
  return Array.from({ length: digests }, (_, n) => {
    const base = n % 10 === 6 || n % 10 === 7 ? 2 : 1;
    const image = imageOf(n, lines);
    return [
      {
        ...seen,
        kind: 'manifest',
        digest: hex('m', n),
        image,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: hex('c', n),
        layers: [],
        pushedAt: '2026-03-01T09:00:00Z',
      },
      {
        ...seen,
        kind: 'config',
        digest: hex('c', n),
        platform: 'linux/amd64',
        created: '2026-03-01T09:00:00Z',
        diffIds: [hex('b', base), hex('d', n % lines), hex('a', n)],
        runtime: { env: ['PATH=/usr/bin'], cmd: ['serve'] },
        labels: {},
      },
    ].map((one) => Observation.parse(one));
  }).flat();
}

function records(digests: number, lines: number): Observation[] {
  return Array.from({ length: digests }, (_, n) => {
    const outputs = [{ image: imageOf(n, lines), digest: hex('m', n), role: 'manifest', platform: 'linux/amd64' }];
    const source = { repository: 'acme/fleet', commit: upstreamOf(n).toString(16).padStart(40, '0') };
    const run = { platform: 'github-actions', id: String(n), attempt: 1 };
    const build = {
      ...seen,
      at: `2026-03-01T0${n % 10}:00:00Z`,
      kind: 'build',
      run,
      source,
      outputs,
      pushed: 'yes',
      pushedAt: '2026-03-01T09:00:00Z',
      trust: 'recorded',
    };
    const test = {
      ...seen,
      kind: 'test',
      gate: 'e2e',
      run,
      subject: { digest: hex('m', n), image: imageOf(n, lines) },
      result: 'passed',
      trust: 'recorded',
    };
    const isBuilt = n % 10 !== 9;
    const isTested = n % 10 < 6;
    return [...(isBuilt ? [build] : []), ...(isTested ? [test] : [])].map((one) => Observation.parse(one));
  }).flat();
}

function running(workloads: number, digests: number, lines: number): Observation[] {
  return Array.from({ length: workloads }, (_, w) => {
    const n = w % digests;
    return (['staging', 'production'] as const).map((environment) => {
      const digest = hex('m', environment === 'staging' ? upstreamOf(n) : n);
      const image = { ...imageOf(n, lines), digest };
      return Observation.parse({
        ...seen,
        kind: 'running-image',
        environment,
        workload: { cluster: 'bench', namespace: `team-${w % 40}`, kind: 'Deployment', name: `service-${w}` },
        container: 'app',
        declared: { spec: image },
        reported: `${image.registry}/${image.repository}@${digest}`,
        digest,
        digestRole: 'unknown',
        platform: 'linux/amd64',
        phase: 'running',
        instances: 2,
      });
    });
  }).flat();
}
