import { createHash } from 'node:crypto';
import { Digest } from '../domain/digest.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import { Observation } from '../domain/observation.ts';
import type { Build, Event } from './events.ts';

const SKETCH = /^(?<name>[a-z0-9-]+(?:\/[a-z0-9-]+)*)(?::(?<tag>[\w.-]+))?(?:(?<how>[@=])(?<letter>[A-Z]))?$/;
const DAY = '2026-03-02';

export const instant = (clock: string) => `${DAY}T${clock}:00Z`;
const sha = (text: string) => Digest.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`);

/** What a sketch names: `payments@A` by digest, `payments:1.4` by tag, `payments:1.4@A` both, `payments:1.4=A` by tag with A running. */
export function readSketch(sketch: string): { name: string; declared: ImageReference; digest: Digest | undefined } {
  const { name, tag, how, letter } = SKETCH.exec(sketch)?.groups ?? {};
  if (!name) throw new TypeError(`cannot read "${sketch}": write name@A, name:tag, name:tag@A or name:tag=A`);
  const digest = letter ? sha(`manifest ${name}@${letter}`) : undefined;
  const registry = name.includes('/') ? 'docker.io' : 'registry.test';
  const declared = { registry, repository: name, ...(tag ? { tag } : {}), ...(digest && how === '@' ? { digest } : {}) };
  return { name, declared, digest };
}

/** The observations that an event leaves behind, as a source would have made them. */
export function observe(event: Event): Observation[] {
  switch (event.did) {
    case 'build':
      return [buildRecord(event.image, event.by, event.at), ...contentOf(event.image, event.by, event.at)];
    case 'push':
      return contentOf(event.image, { run: 'none', commit: '' }, event.at);
    case 'index':
      return [imageIndex(event)];
    case 'test':
      return [testRecord(event)];
    case 'deploy':
      return [runningImage(event)];
    case 'go-blind':
    case 'stop':
    case 'record':
      return [];
  }
}

const seen = (clock: string, locator: string) => ({ at: instant(clock), origin: { source: 'scenario', locator } });
const run = (id: string, attempt = 1) => ({ platform: 'github-actions', repository: 'acme/payments', id, attempt });

function digestOf(image: string): { digest: Digest; declared: ImageReference } {
  const { digest, declared } = readSketch(image);
  if (!digest) throw new TypeError(`"${image}" needs a letter here`);
  return { digest, declared };
}

function buildRecord(image: string, { run: id, attempt, commit, base = 'X', platform = 'linux/amd64' }: Build, clock: string): Observation {
  const { digest, declared } = digestOf(image);
  return Observation.parse({
    ...seen(clock, `run ${id}`),
    kind: 'build',
    run: run(id, attempt),
    source: { repository: 'acme/payments', commit },
    outputs: [{ image: { registry: declared.registry, repository: declared.repository }, digest, role: 'manifest', platform }],
    pushed: 'yes',
    pushedAt: instant(clock),
    base: [{ image: { registry: 'docker.io', repository: 'library/node', tag: '24' }, digest: sha(`base ${base}`) }],
    trust: 'recorded',
  });
}

function contentOf(
  image: string,
  { base = 'X', like = image, but = 'bytes', commit, platform = 'linux/amd64' }: Build,
  clock: string,
): Observation[] {
  const { digest, declared } = digestOf(image);
  const isCopy = like !== image && but === 'bytes';
  const origin = but === 'base' || like === image ? base : 'X';
  const upper = [`dependencies of ${declared.repository}`, `application in ${like}`];
  const labels = but === 'labels' ? { 'com.example.channel': image } : {};
  const config = sha(isCopy ? `config ${like}` : `config ${image}`);
  const place = seen(clock, `registry ${declared.repository}`);
  const repository = { registry: declared.registry, repository: declared.repository };
  const steps = ['FROM node:24', 'RUN npm ci', 'COPY . /app'];
  return [
    Observation.parse({
      ...place,
      kind: 'manifest',
      digest,
      image: repository,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [],
      pushedAt: instant(clock),
    }),
    Observation.parse({
      ...place,
      kind: 'config',
      digest: config,
      platform,
      // A copy has one config, so that it also has one creation time.
      ...(isCopy ? {} : { created: instant(clock) }),
      diffIds: [sha(`layer of base ${origin}`), ...upper.map(sha)],
      history: steps.map((createdBy) => ({ createdBy })),
      runtime: { env: but === 'runtime-config' ? [`CHANNEL=${image}`] : ['CHANNEL=none'], cmd: ['node', 'server.js'] },
      labels: { ...labels, ...(commit ? { 'org.opencontainers.image.revision': commit } : {}) },
    }),
  ];
}

function testRecord({ at, image, gate, result }: Extract<Event, { did: 'test' }>): Observation {
  const { digest, declared } = digestOf(image);
  return Observation.parse({
    ...seen(at, `gate ${gate}`),
    kind: 'test',
    gate,
    run: run(`${gate}-${at}`),
    subject: { image: declared, digest },
    result,
    startedAt: instant(at),
    trust: 'recorded',
  });
}

const platforms = { A: 'linux/amd64', R: 'linux/arm64' };

/** Members are told apart by their platform: the letter R is for arm64, every other for amd64. */
function imageIndex({ at, image, members }: Extract<Event, { did: 'index' }>): Observation {
  const { digest, declared } = digestOf(image);
  const entries = members.map((member) => ({
    digest: digestOf(member).digest,
    platform: member.endsWith('@R') ? platforms.R : platforms.A,
  }));
  return Observation.parse({
    ...seen(at, `registry ${declared.repository}`),
    kind: 'index',
    digest,
    image: { registry: declared.registry, repository: declared.repository },
    members: entries,
  });
}

function runningImage({ at, image, to, platform }: Extract<Event, { did: 'deploy' }>): Observation {
  const [environment, name] = to.split('/');
  const { declared, digest } = readSketch(image);
  return Observation.parse({
    ...seen(at, `workload ${to}`),
    kind: 'running-image',
    environment,
    workload: { cluster: 'test', namespace: 'default', kind: 'Deployment', name },
    container: 'app',
    declared: { spec: declared },
    reported: digest ? `${declared.registry}/${declared.repository}@${digest}` : '',
    ...(digest ? { digest } : {}),
    digestRole: 'unknown',
    platform,
    phase: 'running',
    instances: 1,
  });
}
