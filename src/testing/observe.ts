import type { Digest } from '../domain/digest.ts';
import type { ImageReference } from '../domain/image-reference.ts';
import { Observation } from '../domain/observation.ts';
import type { Build, Event, How } from './events.ts';
import { instant } from './instant.ts';
import { BASE, observeBase } from './observe-base.ts';
import { observeFile } from './observe-file.ts';
import { observeMoved } from './observe-moved.ts';
import { themedDigest } from './themed-digest.ts';

const SKETCH =
  /^(?:(?<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)\/)?(?<name>[a-z0-9-]+(?:\/[a-z0-9-]+)*)(?::(?<tag>[\w.-]+))?(?:(?<how>[@=])(?<letter>[A-Z]))?$/;

/**
 * What a sketch names: `payments@A` by digest, `payments:1.4` by tag, `payments:1.4@A` both, `payments:1.4=A` by tag with A running.
 * The digest is of the name and the letter: `copy.test/payments@A` is the same bytes in another registry.
 */
export function readSketch(sketch: string): { name: string; declared: ImageReference; digest: Digest | undefined } {
  const { host, name, tag, how, letter } = SKETCH.exec(sketch)?.groups ?? {};
  if (!name) throw new TypeError(`cannot read "${sketch}": write name@A, name:tag, name:tag@A or name:tag=A`);
  const digest = letter ? themedDigest(`manifest ${name}@${letter}`) : undefined;
  const registry = host ?? (name.includes('/') ? 'docker.io' : 'registry.test');
  const declared = { registry, repository: name, ...(tag ? { tag } : {}), ...(digest && how === '@' ? { digest } : {}) };
  return { name, declared, digest };
}

/** The observations that an event leaves behind, as a source would have made them. */
export function observe(event: Event): Observation[] {
  switch (event.did) {
    case 'build':
      return [buildRecord(event.image, event.by, event.at), ...contentOf(event.image, event.by, event.at)];
    case 'record-build':
      return [buildRecord(event.image, event.by, event.at)];
    case 'push':
      return contentOf(event.image, { run: 'none', commit: '' }, event.at);
    case 'tag':
      return [tagOf(event)];
    case 'police':
      return [policyOf(event)];
    case 'attach':
    case 'look-for':
      return [toldOf(event)];
    case 'hold-base':
    case 'name-base':
      return observeBase(event);
    case 'index':
      return [imageIndex(event)];
    case 'test':
      return [testRecord(event)];
    case 'approve':
    case 'release':
      return [observeMoved(event, event.image === undefined ? undefined : digestOf(event.image).digest)];
    case 'deploy':
      return [runningImage(event)];
    case 'declare':
      return [declaredImage(event)];
    case 'write':
      return [observeFile(event)];
    case 'list-approvals':
    case 'go-blind':
    case 'not-ask':
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

function buildRecord(image: string, by: Build, clock: string): Observation {
  const { run: id, attempt, commit, tree, base = 'X', platform = 'linux/amd64', arguments: given = {}, builder, trust = 'recorded' } = by;
  const { digest, declared } = digestOf(image);
  return Observation.parse({
    ...seen(clock, `run ${id}`),
    kind: 'build',
    run: run(id, attempt),
    source: { repository: by.repository ?? 'acme/payments', commit, ...(tree ? { tree } : {}) },
    outputs: [{ image: { registry: declared.registry, repository: declared.repository }, digest, role: 'manifest', platform }],
    pushed: 'yes',
    pushedAt: instant(clock),
    base: [{ image: { ...BASE, tag: '24' }, digest: themedDigest(`base ${base}`) }],
    arguments: given,
    ...(builder ? { builder } : {}),
    ...(by.expires ? { expiresAt: instant(by.expires) } : {}),
    trust,
  });
}

const STEPS = ['FROM node:24', 'RUN npm ci', 'COPY . /app', 'COPY agent /opt'];

function contentOf(image: string, by: Build, clock: string): Observation[] {
  const { base = 'X', like = image, but = 'bytes', commit, platform = 'linux/amd64' } = by;
  const { repository } = placed(image).image;
  const isCopy = like !== image && but === 'bytes';
  const origin = but === 'base' || like === image ? base : 'X';
  const added = but === 'more-layers' ? [`agent in ${image}`] : [];
  const layers = [`layer of base ${origin}`, `dependencies of ${repository}`, `application in ${like}`, ...added].map(themedDigest);
  const config = themedDigest(isCopy ? `config ${like}` : `config ${image}`);
  const place = seen(clock, `registry ${repository}`);
  const labels = but === 'labels' ? { 'com.example.channel': image } : {};
  return [
    Observation.parse({
      ...place,
      kind: 'manifest',
      ...placed(image),
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
      diffIds: layers,
      history: layers.map((_, at) => ({ createdBy: STEPS[at] })),
      runtime: { env: but === 'runtime-config' ? [`CHANNEL=${image}`] : ['CHANNEL=none'], cmd: ['node', 'server.js'] },
      labels: { ...labels, ...(commit ? { 'org.opencontainers.image.revision': commit } : {}) },
    }),
  ];
}

function tagOf({ at, image, names, immutable }: Extract<Event, { did: 'tag' }>): Observation {
  return Observation.parse({
    ...seen(at, `registry ${image}`),
    kind: 'tag',
    image: readSketch(image).declared,
    digest: digestOf(names).digest,
    ...(immutable === undefined ? {} : { immutable }),
    pushedAt: instant(at),
  });
}

/** A digest and the repository that it lies in. */
function placed(image: string): { digest: Digest; image: Pick<ImageReference, 'registry' | 'repository'> } {
  const { digest, declared } = digestOf(image);
  return { digest, image: { registry: declared.registry, repository: declared.repository } };
}

/** What a registry says of one digest. */
function toldOf({ at, image, ...event }: Extract<Event, { did: 'attach' | 'look-for' }>): Observation {
  const told = event.did === 'attach' ? { kind: 'attachments', types: event.types } : { kind: 'presence', is: event.is };
  return Observation.parse({ ...seen(at, `registry ${placed(image).image.repository}`), ...placed(image), ...told });
}

function policyOf({ at, repository, rules, listed }: Extract<Event, { did: 'police' }>): Observation {
  const images = Object.entries(listed).map(([sketch, pushed]) => {
    const { declared, digest } = readSketch(sketch);
    return { digest, tags: declared.tag ? [declared.tag] : [], pushedAt: instant(pushed) };
  });
  const numbered = rules.map((rule, nth) => ({ priority: nth + 1, selects: 'any', does: 'expire', ...rule }));
  const policy = { image: readSketch(repository).declared, rules: numbered, images };
  return Observation.parse({ ...seen(at, `lifecycle policy of ${repository}`), kind: 'lifecycle-policy', ...policy });
}

function testRecord({
  at,
  image,
  by: { gate, run: id = `${gate}-${at}`, attempt, result = 'passed', trust = 'recorded', platform, startedAt = at },
}: Extract<Event, { did: 'test' }>): Observation {
  const named = image === undefined ? { commit: 'c0ffee' } : { image: digestOf(image).declared, digest: digestOf(image).digest };
  return Observation.parse({
    ...seen(at, `gate ${gate}`),
    kind: 'test',
    gate,
    ...(id === 'none' ? {} : { run: run(id, attempt) }),
    subject: { ...named, ...(platform ? { platform } : {}) },
    result,
    startedAt: instant(startedAt),
    trust,
  });
}

const platforms = { A: 'linux/amd64', R: 'linux/arm64' };

/** Members are told apart by their platform: the letter R is for arm64, every other for amd64. */
function imageIndex({ at, image, members }: Extract<Event, { did: 'index' }>): Observation {
  const entries = members.map((member) => ({
    digest: digestOf(member).digest,
    platform: member.endsWith('@R') ? platforms.R : platforms.A,
  }));
  return Observation.parse({
    ...seen(at, `registry ${placed(image).image.repository}`),
    kind: 'index',
    ...placed(image),
    members: entries,
  });
}

function slotOf(to: string, { kind = 'Deployment', namespace = 'default', cluster = 'test', container = 'app', role, labels }: How) {
  const [environment, name] = to.split('/');
  const known = Object.entries({ role, labels }).filter(([, value]) => value !== undefined);
  return { environment, workload: { cluster, namespace, kind, name }, container, ...Object.fromEntries(known) };
}

function revisionOf(to: string, { revision }: How, at: string) {
  return revision === undefined ? {} : { revision: { name: `${to.split('/')[1]}-${revision}`, number: revision, created: instant(at) } };
}

function runningImage({ at, image, to, how }: Extract<Event, { did: 'deploy' }>): Observation {
  const { declared, digest } = readSketch(image);
  const { platform = 'linux/amd64', phase = 'running', pods = 1, template, ready, rollout, injected, finishedAt, pullPolicy } = how;
  const isWaiting = phase === 'waiting' || phase === 'published';
  const ended = finishedAt && instant(finishedAt);
  const known = Object.entries({ ready, rollout, injected, pullPolicy, finishedAt: ended, starts: startsOf(how) }).filter(
    ([, value]) => value !== undefined,
  );
  return Observation.parse({
    ...seen(at, `workload ${to}`),
    ...slotOf(to, how),
    ...revisionOf(to, how, at),
    ...Object.fromEntries(known),
    kind: 'running-image',
    declared: { spec: declared, ...(template ? { template: readSketch(template).declared } : {}) },
    reported: digest && !isWaiting ? `${declared.registry}/${declared.repository}@${digest}` : '',
    ...(digest && !isWaiting ? { digest } : {}),
    digestRole: 'unknown',
    ...(platform === 'unknown' ? {} : { platform }),
    phase,
    since: instant(at),
    instances: pods,
  });
}

/** Nothing is started of a volume, nor of what a channel publishes. */
function startsOf({ starts = {}, role, phase }: How) {
  return starts === 'not read' || role === 'volume' || phase === 'published' ? undefined : starts;
}

function declaredImage({ at, image, to, how, because }: Extract<Event, { did: 'declare' }>): Observation {
  const place = { ...seen(at, `${because === 'manifest' ? because : 'workload'} ${to}`), ...slotOf(to, how), ...revisionOf(to, how, at) };
  return Observation.parse({ ...place, kind: 'declared-image', because, declared: readSketch(image).declared });
}
