import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { stamped } from '../../src/collect/stamp.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { ImageReference } from '../../src/domain/image-reference.ts';
import records from '../../src/sources/records.ts';
import { dockerbuildOf, pushedRecord } from '../fakes/archive.ts';
import { openEdge } from '../fakes/edge.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/records', import.meta.url));
const A = Digest.parse(`sha256:${sha256('payments@A')}`);
const B = Digest.parse(`sha256:${sha256('payments@B')}`);
const COMMIT = sha256('c0ffee').slice(0, 40);
const IN_2022 = 'sha256:f472ca4b68898c951ac3b476cba919d0d56fca4ced631fabcead51e4b2b690e7';
const OF_AUGUST_2022 = 'sha256:1a033b002f89ed2b8ea733162497fb70f1a4049a7f8602d6a33682b4ad9921fd';
const FROM_STORAGE = 'sha256:71efcbb3f03f5914dcde87e38d3813f63982b475f76887babf25f76fff760d3c';
const OF_A_GIT_TAG = 'sha256:87db6d5226440e72f7134b71163df45282127a3f7b0600c946683cb2f43a70a9';
const OF_TEKTON = 'sha256:827521c857fdcd4374f4da5442fbae2edb01e7fbae285c3ec15673d4c1daecb7';
const OF_BUILDKIT = 'sha256:d1fc0de9c6a33e502c488221644de1736c53d8ddb59b0e41b4946fb26af50e69';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'selfsame-formats-'));
});

async function ask(files: readonly string[], digests: readonly string[] = [A], seenIn: readonly ImageReference[] = []): Promise<Seen[]> {
  const facts: Seen[] = [];
  const wanted = { digests: digests.map((digest) => ({ digest: Digest.parse(digest), seenIn })), tags: [], commits: [], lines: [] };
  const edge = openEdge({ now: '2026-03-02T12:00:00.000Z' });
  for await (const fact of records.observe(records.config.parse({ files }), wanted, edge)) {
    expect(stamped('records', fact, edge)).toMatchObject({ kind: fact.kind });
    facts.push(fact);
  }
  return facts;
}

function keep(content: unknown, name = 'record.json'): string {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  return file;
}

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);
const fixture = (name: string) => path.join(FIXTURES, name);
const covered = (facts: readonly Seen[]) => ofKind(facts, 'coverage').map(({ of }) => of);

describe('S36 a sample', () => {
  it.each([
    ['cloud-build-provenance.json', IN_2022, { run: { platform: 'google-cloud-build' }, trust: 'declared', at: '2022-09-06T17:54:22Z' }],
    ['cloud-build-three-provenances.json', IN_2022, { source: { repository: 'laurentsimon/gcb-tests' } }],
    ['cloud-build-provenance-of-2022.json', OF_AUGUST_2022, { run: { id: 'b6e052a7-5aa4-41bf-a56b-9bc4e4f3058b' }, trust: 'declared' }],
    ['cloud-build-provenance-from-storage.json', FROM_STORAGE, { run: { platform: 'google-cloud-build' }, at: '2022-09-19T19:44:34Z' }],
    ['cloud-build-provenance-of-a-git-tag.json', OF_A_GIT_TAG, { source: { repository: 'slsa-framework/example-package' } }],
    ['tekton-taskrun.json', OF_TEKTON, { run: { platform: 'tekton', job: 'build' }, trust: 'artifact' }],
    ['tekton-pipelinerun-empty-digest.json', OF_TEKTON, { outputs: [{ image: { registry: 'test.io', repository: 'test/image' } }] }],
    ['buildkit-statement.json', OF_BUILDKIT, { trust: 'declared', outputs: [{ role: 'manifest', platform: 'linux/amd64' }] }],
  ])('%s is one build, told without a gap', async (name, digest, expected) => {
    const facts = await ask([fixture(name)], [digest]);

    expect(ofKind(facts, 'build')).toMatchObject([{ ...expected, bytes: `sha256:${sha256(readFileSync(fixture(name)))}` }]);
    expect(ofKind(facts, 'gap')).toEqual([]);
    expect(covered(facts)).toEqual(['build', 'test']);
  });

  it.each([
    'buildx-build-no-name.json',
    'buildx-bake-no-names.json',
    'buildx-imagetools-create.json',
    'buildx-bake-lint.json',
    'buildx-build-short-config-digest.json',
    'buildkit-statement-of-a-file.json',
    'buildkit-statement-of-a-file-arm64.json',
    'list-of-one-digest.txt',
    'sigstore-bundle-python-wheel.json',
    'sigstore-two-bundles-npm.jsonl',
    'verification-summary-machine-image.jsonl',
  ])('%s records no build and no test of an image, and leaves nothing open', async (name) => {
    const facts = await ask([fixture(name)]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it.each([
    ['cloud-build-provenance-of-another-image.json', 'malformed', 'another image', ['test']],
    ['sigstore-bundle-hello-world.json', 'unsupported', 'text/plain', []],
    ['slsa-generator-envelope.json', 'unsupported', 'names no time', ['test']],
    ['buildx-imagetools-config.json', 'unsupported', 'of a format', []],
    ['buildx-imagetools-descriptor.json', 'unsupported', 'of a format', []],
    ['buildx-imagetools-index.json', 'unsupported', 'of a format', []],
    ['buildx-imagetools-attestations.json', 'unsupported', 'of a format', []],
    ['webhook-of-a-package.json', 'unsupported', 'of a format', []],
    ['webhook-of-a-workflow-run.json', 'unsupported', 'of a format', []],
  ])('%s is told as what it is', async (name, because, says, rest) => {
    const facts = await ask([fixture(name)], [IN_2022, OF_BUILDKIT]);

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')[0]).toMatchObject({ because, hint: expect.stringContaining(says), locator: `${fixture(name)}:1` });
    expect(covered(facts)).toEqual(rest);
  });
});

const buildx = (changed: object = {}) => ({
  'buildx.build.ref': 'default/default/n6ibcp9b2pw108rrz7ywdznvo',
  'containerimage.config.digest': A,
  'containerimage.descriptor': {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: A,
    annotations: { 'org.opencontainers.image.created': '2026-03-02T09:00:00Z' },
  },
  'containerimage.digest': A,
  'image.name': 'ghcr.io/acme/payments:1.4,ghcr.io/acme/payments:latest',
  ...changed,
});

describe('a metadata file of buildx', () => {
  it('is a build under every name, of an index where its descriptor says so, and never of the config that it names', async () => {
    const [build] = ofKind(await ask([keep(buildx())]), 'build');

    expect(build).toMatchObject({
      at: '2026-03-02T09:00:00Z',
      outputs: [
        { image: { repository: 'acme/payments', tag: '1.4' }, digest: A, role: 'index' },
        { image: { repository: 'acme/payments', tag: 'latest' }, digest: A, role: 'index' },
      ],
      pushed: 'unknown',
      trust: 'artifact',
    });
  });

  it('of bake holds a build for each target', async () => {
    const file = keep({ 'buildx.build.warnings': [], api: buildx(), web: buildx({ 'containerimage.digest': B }) });

    expect(ofKind(await ask([file], [A, B]), 'build').map(({ outputs }) => outputs[0]?.digest)).toEqual([A, B]);
  });

  it('may stand on one line', async () => {
    expect(ofKind(await ask([keep(`${JSON.stringify(buildx())}\n`)]), 'build')).toMatchObject([{ locator: `${folder}/record.json:1` }]);
  });

  it('keeps no value that is a credential', async () => {
    const provenance = {
      buildType: 'https://mobyproject.org/buildkit@v1',
      invocation: { parameters: { args: { 'build-arg:NPM_TOKEN': 'hunter2hunter2', 'build-arg:MODE': 'fast' } } },
      metadata: { buildFinishedOn: '2026-03-02T09:00:00Z' },
    };

    const facts = await ask([keep(buildx({ 'buildx.build.provenance': provenance }))]);

    expect(ofKind(facts, 'build')[0]?.arguments).toMatchObject({ MODE: 'fast' });
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  it.each([
    ['has a digest that is one digit short', { 'containerimage.digest': A.slice(0, -1) }, 'containerimage.digest'],
    ['names what is no image', { 'image.name': 'Acme Payments' }, 'image.name'],
    ['names no time', { 'containerimage.descriptor': undefined }, 'names no time'],
    [
      'is of tomorrow (C11)',
      { 'containerimage.descriptor': { annotations: { 'org.opencontainers.image.created': '2026-03-03T09:00:00Z' } } },
      'future',
    ],
    ['has a number for a name', { 'image.name': 7 }, 'image.name'],
  ])('is no build where it %s, and says so', async (_, changed, says) => {
    const facts = await ask([keep(buildx(changed))]);

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')[0]?.hint).toContain(says);
  });
});

describe('a record of BuildKit (.dockerbuild)', () => {
  const put = (bytes: Uint8Array, name = 'acme~payments~A1B2C3.dockerbuild') => {
    writeFileSync(path.join(folder, name), bytes);
    return folder;
  };
  const kept = (name: string) => readFileSync(new URL(`../../fixtures/github/${name}`, import.meta.url));

  it('is found in a folder, and is the build that it pushed, with its run', async () => {
    const facts = await ask([put(dockerbuildOf(pushedRecord(A)))]);

    expect(ofKind(facts, 'build')).toMatchObject([
      {
        at: '2026-03-01T09:10:30Z',
        run: { repository: 'acme/payments', id: '57', attempt: 2 },
        outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }, digest: A, role: 'index' }],
        pushed: 'yes',
        trust: 'artifact',
        locator: `${folder}/acme~payments~A1B2C3.dockerbuild`,
      },
    ]);
    expect(JSON.stringify(facts)).not.toContain('npm_earlgrey');
    expect(covered(facts)).toEqual(['build', 'test']);
  });

  it('is recognized by its content, under whatever name', async () => {
    put(dockerbuildOf(pushedRecord(A)), 'history.json');

    expect(ofKind(await ask([folder]), 'build')).toHaveLength(1);
  });

  it.each([
    ['of an image that nobody asks for', () => dockerbuildOf(pushedRecord(B))],
    ['of what was loaded into a daemon', () => kept('loaded.dockerbuild')],
    ['of what a bake loaded, all sixteen targets', () => kept('loaded-bake.dockerbuild')],
    ['of a build that failed', () => kept('failed-bake.dockerbuild')],
    ['of a build that was exported nowhere', () => kept('exported-nowhere.dockerbuild')],
  ])('%s records nothing, and leaves nothing open', async (_, bytes) => {
    const facts = await ask([put(bytes())]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it.each([
    ['is cut', dockerbuildOf(pushedRecord(A)).subarray(0, 100), 'malformed', 'does not unpack'],
    ['is packed, and something else', gzipSync('c0ffee'), 'malformed', 'no index.json'],
    ['is of tomorrow (C11)', dockerbuildOf(pushedRecord(A, { CompletedAt: '2026-03-03T09:00:00Z' })), 'malformed', 'future'],
    ['is of more than 8 MiB', Buffer.concat([dockerbuildOf(pushedRecord(A)), Buffer.alloc(9 << 20)]), 'too-large', '8 MiB'],
  ])('that %s leaves builds open, and says so', async (_, bytes, because, says) => {
    const facts = await ask([put(bytes)]);

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')[0]).toMatchObject({ of: 'build', because, hint: expect.stringContaining(says) });
  });
});

const statement = (changed: object = {}) => ({
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: A.slice('sha256:'.length) } }],
  predicate: {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: { ref: 'refs/heads/main', repository: 'https://github.com/acme/payments', path: '.github/workflows/release.yml' },
      },
      resolvedDependencies: [{ uri: 'git+https://github.com/acme/payments@refs/heads/main', digest: { gitCommit: COMMIT } }],
    },
    runDetails: {
      builder: { id: 'https://github.com/acme/payments/.github/workflows/release.yml@refs/heads/main' },
      metadata: { invocationId: 'https://github.com/acme/payments/actions/runs/41/attempts/2', finishedOn: '2026-03-02T09:00:00Z' },
    },
  },
  ...changed,
});
const testResult = (predicate: object) => statement({ predicateType: 'https://in-toto.io/attestation/test-result/v0.1', predicate });
const encode = (text: string) => Buffer.from(text).toString('base64');
const envelope = (enclosed: object | string) => ({
  payload: encode(typeof enclosed === 'string' ? enclosed : JSON.stringify(enclosed)),
  payloadType: 'application/vnd.in-toto+json',
  signatures: [{ sig: encode('nobody has looked at this') }],
});
const bundle = (enclosed: object | string, integratedTime = String(Date.parse('2026-03-02T09:30:00Z') / 1000)) => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { tlogEntries: [{ integratedTime }] },
  dsseEnvelope: envelope(enclosed),
});

describe('provenance that nobody has verified', () => {
  it.each([
    ['a bare statement', statement()],
    ['an envelope', envelope(statement())],
    ['a Sigstore bundle', bundle(statement())],
    ['one object of an array', [envelope(statement())]],
  ])('in %s is a build that is declared, with its run, attempt and commit', async (_, content) => {
    const facts = await ask([keep(content)]);

    expect(ofKind(facts, 'build')).toMatchObject([
      {
        at: '2026-03-02T09:00:00Z',
        run: { platform: 'github-actions', repository: 'acme/payments', id: '41', attempt: 2 },
        source: { repository: 'acme/payments', commit: COMMIT, ref: 'refs/heads/main' },
        outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments' }, digest: A, role: 'unknown' }],
        pushed: 'unknown',
        trust: 'declared',
      },
    ]);
    expect(covered(facts)).toEqual(['build', 'test']);
  });

  it('is found in lines whose bytes name no digest, and told once for two bundles of one statement', async () => {
    const lines = [bundle(statement()), { ...bundle(statement()), extra: 'signed again' }].map((line) => JSON.stringify(line));

    expect(ofKind(await ask([keep(`${lines.join('\n')}\n`, 'bundles.jsonl')]), 'build')).toHaveLength(1);
  });

  it('of another digest under the same name is no evidence (S35)', async () => {
    const facts = await ask([keep(bundle(statement({ subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: B.slice(7) } }] })))]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it.each([
    'payments',
    'payments.tar',
    '_',
  ])('of what runs is of that image, though it calls it %s: a digest is of one content alone', async (name) => {
    const said = statement({ subject: [{ name, digest: { sha256: A.slice('sha256:'.length) } }] });

    const facts = await ask([keep(bundle(said))], [A], [{ registry: 'ghcr.io', repository: 'acme/payments', tag: '1.4' }]);

    expect(ofKind(facts, 'build')).toMatchObject([
      { outputs: [{ image: { registry: 'ghcr.io', repository: 'acme/payments' }, digest: A, role: 'unknown' }], run: { id: '41' } },
    ]);
    expect(ofKind(facts, 'gap')).toEqual([]);
  });

  it('is dated by the log where it names no time itself', async () => {
    const said = statement();
    said.predicate.runDetails.metadata = { invocationId: said.predicate.runDetails.metadata.invocationId } as never;

    expect(ofKind(await ask([keep(bundle(said))]), 'build')).toMatchObject([{ at: '2026-03-02T09:30:00Z' }]);
  });

  it.each([
    ['an abbreviation (C15)', COMMIT.slice(0, 8)],
    ['capitals (C15)', COMMIT.toUpperCase()],
  ])('has no commit by %s', async (_, gitCommit) => {
    const said = statement();
    said.predicate.buildDefinition.resolvedDependencies = [{ uri: 'git+https://github.com/acme/payments', digest: { gitCommit } }];

    expect(ofKind(await ask([keep(said)]), 'build')[0]?.source).toBeUndefined();
  });

  it.each([
    ['an unknown type (S36)', bundle(statement({ predicateType: 'https://witness.dev/attestation-collection/v0.1' })), 'unsupported'],
    ['an unknown statement', envelope(statement({ _type: 'https://in-toto.io/Statement/v9' })), 'unsupported'],
    [
      'a sha256 in capitals',
      envelope(statement({ subject: [{ name: 'ghcr.io/acme/payments', digest: { sha256: 'A'.repeat(64) } }] })),
      'malformed',
    ],
    ['no name for its subject', envelope(statement({ subject: [{ name: '_', digest: { sha256: A.slice(7) } }] })), 'unsupported'],
    ['one key twice', envelope(`{"_type":"https://in-toto.io/Statement/v1","_type":"x"}`), 'malformed'],
    ['what is no base64', { ...envelope(statement()), payload: '*not base64*' }, 'malformed'],
    ['no predicate', envelope(statement({ predicate: undefined })), 'malformed'],
    ['a time to come (C11)', envelope(JSON.stringify(statement()).replace('2026-03-02T09:00:00Z', '2027-01-01T00:00:00Z')), 'malformed'],
  ])('is no build where it has %s, and the gap says so', async (_, content, because) => {
    for (const file of [keep(content), keep(`${JSON.stringify(content)}\n`, 'record.jsonl')]) {
      const facts = await ask([file]);

      expect(ofKind(facts, 'build')).toEqual([]);
      expect(ofKind(facts, 'gap')[0]).toMatchObject({ because, hint: expect.stringMatching(/\w/) });
    }
  });

  it.each([
    'https://spdx.dev/Document/v2.3',
    'https://cyclonedx.org/bom/v1.6',
    'https://k8s.io/promo-tools/promotion/v1',
  ])('is not looked for in %s', async (predicateType) => {
    const facts = await ask([keep(bundle(statement({ predicateType, predicate: {} })))]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });
});

describe('a test result that nobody has verified', () => {
  it.each([
    ['passed', { result: 'PASSED' }, 'passed'],
    ['warned', { result: 'WARNED' }, 'warned'],
    ['failed', { result: 'FAILED' }, 'failed'],
    ['said that it passed, and lists what failed (S40)', { result: 'PASSED', failedTests: ['refunds'] }, 'failed'],
    ['said that it passed, and lists what it warned of', { result: 'PASSED', warnedTests: ['refunds'] }, 'warned'],
  ])('%s', async (_, predicate, result) => {
    const facts = await ask([keep(bundle(testResult({ ...predicate, configuration: [{ name: 'e2e' }] })))]);

    expect(ofKind(facts, 'test')).toMatchObject([
      { gate: 'e2e', result, subject: { digest: A }, at: '2026-03-02T09:30:00Z', trust: 'declared' },
    ]);
  });

  it('is none where no test ran (C06)', async () => {
    const facts = await ask([keep(bundle(testResult({ result: 'PASSED', passedTests: [] })))]);

    expect(ofKind(facts, 'test')).toEqual([]);
    expect(covered(facts)).toEqual(['build']);
  });

  it('that names no time is told where it failed, and is a gap where it did not', async () => {
    const failed = ofKind(await ask([keep(testResult({ result: 'FAILED' }))]), 'test');
    const passed = await ask([keep(testResult({ result: 'PASSED' }))]);

    expect(failed).toMatchObject([{ gate: 'test-result', result: 'failed' }]);
    expect(ofKind(passed, 'test')).toEqual([]);
    expect(ofKind(passed, 'gap')).toMatchObject([{ of: 'test', because: 'unsupported' }]);
  });
});

describe('a build of Google Cloud Build', () => {
  const build = (changed: object = {}) => ({
    id: '11f6c682-3451-4f72-ac2a-8e386eab66af',
    projectId: 'acme-builds',
    status: 'SUCCESS',
    finishTime: '2026-03-02T09:01:00.5Z',
    logUrl: 'https://console.cloud.google.com/cloud-build/builds/11f6c682?project=1',
    substitutions: { COMMIT_SHA: COMMIT, REPO_FULL_NAME: 'acme/payments' },
    results: {
      images: [{ name: 'europe-docker.pkg.dev/acme/payments:1.4', digest: A, pushTiming: { endTime: '2026-03-02T09:00:59.1Z' } }],
    },
    ...changed,
  });

  it('is a build that was pushed', async () => {
    expect(ofKind(await ask([keep(build())]), 'build')).toMatchObject([
      {
        at: '2026-03-02T09:00:59Z',
        pushed: 'yes',
        pushedAt: '2026-03-02T09:00:59Z',
        run: { platform: 'google-cloud-build', url: 'https://console.cloud.google.com/cloud-build/builds/11f6c682' },
        source: { repository: 'acme/payments', commit: COMMIT },
        trust: 'artifact',
      },
    ]);
  });

  it('that pushed no image records none', async () => {
    expect((await ask([keep(build({ results: {} }))])).map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });
});

describe('a run of Tekton', () => {
  const run = (changed: object = {}) => {
    const sample = JSON.parse(readFileSync(fixture('tekton-taskrun.json'), 'utf8'));
    return { ...sample, status: { ...sample.status, ...changed } };
  };

  it('that failed built nothing that anybody was to have', async () => {
    const facts = await ask([keep(run({ conditions: [{ type: 'Succeeded', status: 'False' }] }))], [OF_TEKTON]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it('may list what it built in IMAGES', async () => {
    const facts = await ask(
      [keep(run({ results: [{ name: 'IMAGES', value: `ghcr.io/acme/payments@${A}\nghcr.io/acme/web@${B}` }] }))],
      [A, B],
    );

    expect(ofKind(facts, 'build')[0]?.outputs.map(({ digest }) => digest)).toEqual([A, B]);
  });

  it('whose result has a digest that is none is told', async () => {
    const results = [
      { name: 'IMAGE_URL', value: 'ghcr.io/acme/payments' },
      { name: 'IMAGE_DIGEST', value: 'latest' },
    ];

    expect(ofKind(await ask([keep(run({ results }))]), 'gap')).toMatchObject([{ of: 'build', because: 'malformed' }]);
  });
});

describe('other files', () => {
  it('that list digests say nothing of builds and tests', async () => {
    const facts = await ask([keep(`ghcr.io/acme/payments@${A}\nghcr.io/acme/web:1.4@${B}\n`, 'images.txt')]);

    expect(facts.map(({ kind }) => kind)).toEqual(['coverage', 'coverage']);
  });

  it('of no known format are named, and leave both open', async () => {
    const facts = await ask([keep({ schema: 'https://acme.test/weaknesses', vulnerabilities: [] })]);

    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'build', because: 'unsupported' },
      { of: 'test', because: 'unsupported' },
    ]);
    expect(covered(facts)).toEqual([]);
  });

  it.each([
    ['a manifest, on one line', { schemaVersion: 2, config: { digest: A }, layers: [] }],
    ['the mark of a layout, which names no digest', { imageLayoutVersion: '1.0.0' }],
  ])('are no silence about builds and tests where one is %s', async (_, content) => {
    const facts = await ask([keep(`${JSON.stringify(content)}\n`)]);

    expect(ofKind(facts, 'gap')).toMatchObject([
      { of: 'build', because: 'unsupported', hint: expect.stringContaining('line 1') },
      { of: 'test', because: 'unsupported' },
    ]);
    expect(covered(facts)).toEqual([]);
  });

  it.each([
    ['a log in which somebody prints a digest (C01)', `#9 exporting manifest ${A} done\n1.4: digest: ${A} size: 1234\n`],
    [
      'a test report in XML, with entities that make entities (C05)',
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${A}">]>\n<testsuites failures="0">&a;</testsuites>\n`,
    ],
    ['a document of more than 8 MiB', `{\n"containerimage.digest": "${A}",\n"padding": "${'x'.repeat(9 << 20)}"\n}`],
    ['a document that is cut', `{\n"containerimage.digest": "${A}",\n`],
  ])('are no evidence where one is %s, and leave both open', async (_, content) => {
    const facts = await ask([keep(content)]);

    expect(facts.map(({ kind }) => kind)).toEqual(['gap', 'gap']);
  });

  it('may hold a neutral record that somebody spread over lines, or an array of them', async () => {
    const neutral = { schema: 'selfsame/record/v1', kind: 'test', digest: A, gate: 'e2e', result: 'passed', at: '2026-03-02T09:00:00Z' };

    expect(ofKind(await ask([keep(neutral)]), 'test')).toMatchObject([{ gate: 'e2e', trust: 'recorded' }]);
    expect(ofKind(await ask([keep([neutral, { ...neutral, digest: B }])]), 'test')).toHaveLength(1);
  });

  it.each([
    '[null, 7, "text", [1]]',
    '[]',
    '7',
    'null',
    '"text"',
    '{\n"schema": 7\n}',
  ])('may be %s, which is no record', async (content) => {
    expect(ofKind(await ask([keep(content)]), 'build')).toEqual([]);
  });

  it('that hold one key twice are read by nobody', async () => {
    const facts = await ask([keep(`{\n "containerimage.digest": "${A}",\n "containerimage.digest": "${B}"\n}`)]);

    expect(ofKind(facts, 'gap')[0]).toMatchObject({ because: 'malformed' });
  });

  it('may be nested as deeply as anybody likes', async () => {
    const facts = await ask([keep(`[\n${'['.repeat(100_000)}${']'.repeat(100_000)}]`)]);

    expect(ofKind(facts, 'build')).toEqual([]);
    expect(ofKind(facts, 'gap')).toHaveLength(2);
  });

  it('that are found in a folder are read by their content', async () => {
    keep(buildx(), 'metadata.json');
    keep(`${JSON.stringify(bundle(statement()))}\n`, 'payments.sigstore.jsonl');

    expect(ofKind(await ask([folder]), 'build').map(({ trust }) => trust)).toEqual(['artifact', 'declared']);
  });
});
