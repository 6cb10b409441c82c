import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Provenance, provenanceOf } from '../../src/attestation/provenance.ts';
import { parseStatement } from '../../src/attestation/statement.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/attestations/${name}`, import.meta.url));
const read = (name: string): Provenance | undefined => provenanceOf(parseStatement(fixture(name)));
const TEA = `sha256:${'7'.repeat(64)}`;
const COMMIT = 'c0ffee0000000000000000000000000000000000';

const statementOf = (predicateType: string, predicate: object, changed: object = {}) =>
  Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: '_', digest: { sha256: '7'.repeat(64) } }],
      predicateType,
      predicate,
      ...changed,
    }),
  );
const v1 = (buildDefinition: object, runDetails: object = {}) =>
  provenanceOf(parseStatement(statementOf('https://slsa.dev/provenance/v1', { buildDefinition, runDetails })));

describe('S36 what builders wrote', () => {
  it('of BuildKit, v0.2, names the commit, the images it took in and the time', () => {
    const provenance = read('buildkit-v0.2.statement.json');

    expect(provenance).toEqual({
      subjects: ['sha256:d1fc0de9c6a33e502c488221644de1736c53d8ddb59b0e41b4946fb26af50e69'],
      source: { repository: 'slsa-framework/example-package', commit: '4d329c75e7ec1725f7c9ce917a8799d408d06be3' },
      run: undefined,
      builder: 'https://mobyproject.org/buildkit@v1',
      bases: [
        {
          image: { registry: 'docker.io', repository: 'library/golang', tag: '1.21' },
          digest: 'sha256:4746d26432a9117a5f58e95cb9f954ddf0de128e9d5816886514199316e4a2fb',
        },
        {
          image: { registry: 'gcr.io', repository: 'distroless/static' },
          digest: 'sha256:3f2b64ef97bd285e36132c684e6b2ae8f2723293d09aae046196cca64251acac',
        },
      ],
      arguments: {},
      at: '2025-02-25T21:57:29.660Z',
    });
  });

  it('of BuildKit, v1, names the run as well; what scans for it is no base', () => {
    const provenance = read('buildkit-v1.statement.json');

    expect(provenance).toMatchObject({
      source: { repository: 'docker/github-builder-test', commit: 'bdb96fcfe8cc9e3a54800bc2537a4d4a14f0c5fe' },
      run: { platform: 'github-actions', repository: 'docker/github-builder-test', id: '18937328894', attempt: 1 },
      bases: [{ image: { repository: 'library/alpine', tag: 'latest' } }],
      at: '2025-10-30T10:19:57.635Z',
    });
  });

  it('of the SLSA generator, in a DSSE envelope, names the run among its surroundings', () => {
    const provenance = read('slsa-generator-v0.2.dsse.json');

    expect(provenance).toMatchObject({
      subjects: ['sha256:234e2c830c2fb31ac5671789d22adfe44d30c3ee831d01beae5e237841a13122'],
      source: { repository: 'slsa-framework/example-package', ref: 'refs/heads/main' },
      run: { id: '13531731005', attempt: 1 },
      bases: [],
    });
  });

  it('of GitHub, in a Sigstore bundle, is dated by the log alone', () => {
    const provenance = read('github-v1.sigstore.json');

    expect(provenance).toMatchObject({
      source: { repository: 'too-legit/attest', commit: '283bf967fa3c591925dd25e6a6e8e781542117bf', ref: 'refs/heads/main' },
      run: { repository: 'too-legit/attest', id: '10818226125', attempt: 1, workflow: '.github/workflows/integration.yml' },
      at: '2024-09-11T19:19:03.000Z',
    });
  });

  it('of Google Cloud Build, v0.1, names the commit in the base64 of URLs', () => {
    const provenance = read('gcb-v0.1.dsse.json');

    expect(provenance).toMatchObject({
      source: { repository: 'slsa-framework/example-package', commit: 'c750fd73a1669b095df7c74da9f1ff2032f926c9' },
      builder: 'https://cloudbuild.googleapis.com/GoogleHostedWorker@v0.3',
      at: '2023-03-15T03:14:35.163Z',
    });
  });
});

describe('provenance', () => {
  it('is told apart from what else is said of an image', () => {
    const provenance = provenanceOf(parseStatement(statementOf('https://spdx.dev/Document', {})));

    expect(provenance).toBeUndefined();
  });

  it('names build arguments as they were given', () => {
    const provenance = v1({ externalParameters: { request: { args: { 'build-arg:CHANNEL': 'stable', target: 'shop' } } } });

    expect(provenance?.arguments).toEqual({ CHANNEL: 'stable' });
  });

  it('of a working copy with changes names no commit', () => {
    const noted = (revision: string) =>
      v1({}, { metadata: { buildkit_metadata: { vcs: { source: 'https://github.com/acme/tea', revision } } } })?.source;

    expect([noted(COMMIT), noted(`${COMMIT}-dirty`)]).toEqual([{ repository: 'acme/tea', commit: COMMIT }, undefined]);
  });

  it('of two repositories names neither, unless one is that of the workflow', () => {
    const took = [
      { uri: 'git+https://github.com/acme/tea@refs/heads/main', digest: { gitCommit: COMMIT } },
      { uri: 'git+https://github.com/acme/cups@refs/heads/main', digest: { gitCommit: 'f'.repeat(40) } },
    ];
    const workflow = { repository: 'https://github.com/acme/tea' };

    const sources = [
      v1({ resolvedDependencies: took })?.source,
      v1({ resolvedDependencies: took, externalParameters: { workflow } })?.source,
    ];

    expect(sources).toEqual([undefined, { repository: 'acme/tea', commit: COMMIT, ref: 'refs/heads/main' }]);
  });

  it.each([
    ['pkg:docker/node@24-slim?platform=linux%2Famd64', { registry: 'docker.io', repository: 'library/node', tag: '24-slim' }],
    ['pkg:docker/registry.test%3A5000/base/node@24', { registry: 'registry.test:5000', repository: 'base/node', tag: '24' }],
    ['pkg:docker/registry.test/base/node', { registry: 'registry.test', repository: 'base/node' }],
    ['pkg:docker/docker/dockerfile@1', undefined],
    ['pkg:docker/../../etc@1', undefined],
    ['pkg:npm/left@1', undefined],
  ])('reads the material %s', (uri, image) => {
    const provenance = v1({ resolvedDependencies: [{ uri, digest: { sha256: '7'.repeat(64) } }] });

    expect(provenance?.bases).toEqual(image ? [{ image, digest: TEA }] : []);
  });
});

describe('what is refused', () => {
  it.each([
    ['R24 a key twice', Buffer.from('{"_type":"https://in-toto.io/Statement/v1","_type":"x"}'), 'malformed'],
    ['no statement', Buffer.from('{"tea":"Assam"}'), 'malformed'],
    ['no object', Buffer.from('[]'), 'malformed'],
    ['a statement of another type', statementOf('p', {}, { _type: 'https://in-toto.io/Statement/v9' }), 'unsupported'],
    ['no subject', statementOf('p', {}, { subject: [] }), 'malformed'],
    ['subjects without end', statementOf('p', {}, { subject: Array.from({ length: 1001 }, () => ({ digest: {} })) }), 'too-large'],
    ['an envelope of another thing', Buffer.from('{"payloadType":"text/plain","payload":"dGVh"}'), 'unsupported'],
    ['an envelope of no base64', Buffer.from('{"payloadType":"application/vnd.in-toto+json","payload":"{}"}'), 'malformed'],
    ['an envelope of no JSON', Buffer.from('{"payloadType":"application/vnd.in-toto+json","payload":"dGVh"}'), 'malformed'],
  ])('%s', (_, bytes, because) => {
    const reading = () => parseStatement(bytes);

    expect(reading).toThrow(expect.objectContaining({ because }));
  });

  it('a predicate that is no provenance, though it says so', () => {
    const reading = () => v1([]);

    expect(reading).toThrow(expect.objectContaining({ because: 'malformed' }));
  });

  it('R25 a subject whose algorithm would name a prototype', () => {
    const statement = parseStatement(
      Buffer.from('{"_type":"https://in-toto.io/Statement/v1","predicateType":"p","subject":[{"digest":{"__proto__":"x","md5":"y"}}]}'),
    );

    expect(statement.subjects).toEqual([]);
  });
});
