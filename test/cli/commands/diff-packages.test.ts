import { spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configOf,
  type Descriptor,
  digestOf,
  type FakeRegistry,
  manifestOf,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  sendJson,
  startRegistry,
} from '../../fakes/registry.ts';
import { ISSUER, RELEASE, startSigstore } from '../../fakes/sigstore.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SPDX = 'https://spdx.dev/Document';
const CYCLONEDX = 'https://cyclonedx.org/bom';
const IN_TOTO = 'application/vnd.in-toto+json';
const DSSE = 'application/vnd.dsse.envelope.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

let registry: FakeRegistry;
let folder: string;
let referrers: Map<string, object[]>;
let pushed: (Buffer | string)[];

beforeEach(async () => {
  const fake = await startRegistry();
  pushed = [];
  const put: FakeRegistry['put'] = (repository, body, ...rest) => {
    pushed.push(body);
    return fake.put(repository, body, ...rest);
  };
  registry = { ...fake, put };
  folder = await mkdtemp(path.join(tmpdir(), 'selfsame-diff-'));
  referrers = new Map();
  registry.reply((request, response) => {
    const [, digest] = /\/referrers\/(sha256:[0-9a-f]{64})/.exec(request.url ?? '') ?? [];
    return digest ? sendJson(response, 200, { schemaVersion: 2, manifests: referrers.get(digest) ?? [] }) : false;
  });
  await configure();
});
afterEach(async () => {
  await registry.stop();
  await rm(folder, { recursive: true });
});

const configure = (trust = '') =>
  writeFile(
    path.join(folder, 'selfsame.yaml'),
    `version: 1
promotion: [staging, production]
sources: [{ use: oci, name: shop, registry: "${registry.host}", insecure: "true", cache: off${trust} }]
`,
  );

async function diff(...argv: readonly string[]) {
  const program = path.join(ROOT, 'bin/selfsame.js');
  const env = { ...process.env, DOCKER_CONFIG: folder, SHOP_PASSWORD: 'earl-grey-hot' };
  const child = spawn(process.execPath, ['--conditions=selfsame-source', program, 'diff', ...argv], { cwd: folder, env });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((closed) => child.on('close', closed)),
  ]);
  return { status, stdout, stderr };
}

/** An image whose one layer is named by what it holds. */
function imageOf(what: string): Descriptor {
  const config = configOf({ rootfs: { type: 'layers', diff_ids: [digestOf(what)] } });
  const manifest = manifestOf(registry.put('tea/shop', JSON.stringify(config), OCI_CONFIG));
  return registry.put('tea/shop', JSON.stringify(manifest), OCI_MANIFEST);
}
const nameOf = ({ digest }: Descriptor) => `${registry.host}/tea/shop@${digest}`;

type Listed = readonly [purl: string, version: string];

const spdxOf = (listed: readonly Listed[], tool = 'syft-v1.9.0', changed: object = {}) => ({
  spdxVersion: 'SPDX-2.3',
  creationInfo: { creators: ['Organization: Anchore, Inc', `Tool: ${tool}`] },
  packages: [
    { SPDXID: 'SPDXRef-DocumentRoot-Image', name: 'tea/shop', versionInfo: `sha256:${tool}`, primaryPackagePurpose: 'CONTAINER' },
    ...listed.map(([purl, versionInfo], at) => ({
      SPDXID: `SPDXRef-Package-${at}`,
      name: purl.split('/').at(-1),
      versionInfo,
      externalRefs: [
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `${purl}@${versionInfo}?arch=amd64` },
      ],
    })),
  ],
  relationships: [{ spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-DocumentRoot-Image' }],
  ...changed,
});

const cycloneOf = (components: readonly object[]) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: {
    tools: { components: [{ type: 'application', name: 'trivy', version: '0.54.1' }] },
    component: { type: 'container', name: 'shop' },
  },
  components,
});

const statementOf = (of: Descriptor, predicate: object, predicateType = SPDX) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'tea/shop', digest: { sha256: of.digest.slice(7) } }],
    predicateType,
    predicate,
  });

/** A bill that says of more files what contains them than other documents may have keys. */
const WIDE = {
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-DocumentRoot-Image' },
    ...Array.from({ length: 40_000 }, (_, at) => ({
      spdxElementId: 'SPDXRef-Package-0',
      relationshipType: 'CONTAINS',
      relatedSpdxElement: `SPDXRef-File-${at}`,
    })),
  ],
};

/** A DSSE envelope (secure-systems-lab/dsse, protocol.md), signed with a key. */
function envelopeOf(statement: string, key: KeyObject): string {
  const toSign = `DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${Buffer.byteLength(statement)} ${statement}`;
  const sig = sign('sha256', Buffer.from(toSign), key).toString('base64');
  return JSON.stringify({ payloadType: IN_TOTO, payload: Buffer.from(statement).toString('base64'), signatures: [{ sig }] });
}

/** Attaches a document to an image, as the referrers API lists it. */
function attach(of: Descriptor, body: string, mediaType: string, predicateType = SPDX, layer: object = {}): Descriptor {
  const blob = registry.put('tea/shop', body, 'application/octet-stream');
  const annotations = { 'in-toto.io/predicate-type': predicateType };
  const layers = [{ ...blob, mediaType, annotations, ...layer }];
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType: mediaType, subject: { digest: of.digest }, layers };
  const { digest, size } = registry.put('tea/shop', JSON.stringify(manifest), OCI_MANIFEST);
  const listed = { mediaType: OCI_MANIFEST, digest, size, artifactType: mediaType };
  referrers.set(of.digest, [...(referrers.get(of.digest) ?? []), listed]);
  return blob;
}

/** Wraps an image in an index with a bill beside it, as BuildKit pushes them. */
function beside(of: Descriptor, predicate: object): Descriptor {
  const blob = registry.put('tea/shop', statementOf(of, predicate), 'application/octet-stream');
  const layers = [{ ...blob, mediaType: IN_TOTO, annotations: { 'in-toto.io/predicate-type': SPDX } }];
  const config = registry.put('tea/shop', '{}', 'application/octet-stream');
  const manifest = registry.put('tea/shop', JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST);
  const note = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of.digest };
  const manifests = [
    { ...of, platform: { os: 'linux', architecture: 'amd64' } },
    { ...manifest, platform: { os: 'unknown', architecture: 'unknown' }, annotations: note },
  ];
  return registry.put('tea/shop', JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), OCI_INDEX);
}

/** Writes everything that was pushed as a layout of one image. */
async function lay(name: string, root: Descriptor): Promise<void> {
  const folderOfBlobs = path.join(folder, name, 'blobs/sha256');
  await mkdir(folderOfBlobs, { recursive: true });
  for (const body of pushed) await writeFile(path.join(folderOfBlobs, digestOf(body).slice(7)), body);
  await writeFile(path.join(folder, name, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [root] }));
}

const TESTED: readonly Listed[] = [
  ['pkg:deb/debian/openssl', '3.0.13-1'],
  ['pkg:npm/%40tea/till', '1.4.0'],
  ['pkg:npm/kettle', '2.0.0'],
];
const SHIPPED: readonly Listed[] = [
  ['pkg:deb/debian/openssl', '3.0.14-1'],
  ['pkg:npm/%40tea/till', '1.4.0'],
  ['pkg:npm/strainer', '0.1.0'],
];

describe('selfsame diff of images with bills of materials', () => {
  it('names the packages that BuildKit lists in one image alone, or in another version', async () => {
    const [a, b] = [beside(imageOf('shipped'), spdxOf(SHIPPED)), beside(imageOf('tested'), spdxOf(TESTED))];

    const { status, stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout).toContain('packages: by the SBOMs, 1 in another version, 1 only in A, 1 only in B, 1 the same\n');
    expect(stdout).toMatch(/ {4}A: SPDX sha256:[0-9a-f]{64}, by syft-v1\.9\.0, 3 packages, claimed, not signed\n/);
    expect(stdout).toContain(
      `    pkg:deb/debian/openssl: 3.0.14-1 → 3.0.13-1
    pkg:npm/strainer: only in A, 0.1.0
    pkg:npm/kettle: only in B, 2.0.0
`,
    );
    expect(status).toBe(1);
  });

  it.each([
    ['whole', 'packages: by the SBOMs, 1 in another version, 1 only in A, 1 only in B, 1 the same\n'],
    ['without the bill of one', 'packages: not compared: no SBOM of A was read\n    not read: A: sha256:'],
  ])('reads layouts that are %s, without any network or configuration', async (how, says) => {
    await rm(path.join(folder, 'selfsame.yaml'));
    const shipped = imageOf('shipped');
    const [a, b] = [beside(shipped, spdxOf(SHIPPED)), beside(imageOf('tested'), spdxOf(TESTED))];
    await Promise.all([lay('a', a), lay('b', b)]);
    if (how !== 'whole') await rm(path.join(folder, 'a/blobs/sha256', digestOf(statementOf(shipped, spdxOf(SHIPPED))).slice(7)));

    const { status, stdout } = await diff('oci:a', 'oci:b');

    expect(stdout).toContain(says);
    expect(status).toBe(1);
    expect(registry.requests).toEqual([]);
  });

  it('reads what cosign 2 put under a tag, where the registry knows no referrers', async () => {
    registry.reply((request, response) => (request.url?.includes('/referrers/') ? sendJson(response, 404, {}) : false));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    for (const [of, listed] of [
      [a, SHIPPED],
      [b, TESTED],
    ] as const) {
      const blob = registry.put('tea/shop', envelopeOf(statementOf(of, spdxOf(listed)), privateKey), 'application/octet-stream');
      const layers = [{ ...blob, mediaType: DSSE, annotations: { predicateType: SPDX } }];
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: blob, layers });
      registry.put('tea/shop', manifest, OCI_MANIFEST, `${of.digest.replace(':', '-')}.att`);
    }

    const { stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout).toContain('packages: by the SBOMs, 1 in another version, 1 only in A, 1 only in B, 1 the same\n');
    expect(stdout).toContain('claimed');
  });

  it('reads CycloneDX among referrers, and takes a package without an URL by its type and name', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    const os = (version: string) => ({ type: 'operating-system', name: 'debian', version });
    const nested = { type: 'library', group: 'tea', name: 'till', components: [{ type: 'library', name: 'kettle', version: '2' }] };
    attach(a, statementOf(a, cycloneOf([os('12.6'), nested, { type: 'file', name: '/srv/shop.js' }]), CYCLONEDX), IN_TOTO, CYCLONEDX);
    attach(b, statementOf(b, cycloneOf([os('12.5'), { ...nested, components: [] }]), CYCLONEDX), IN_TOTO, CYCLONEDX);

    const [{ packages }] = JSON.parse((await diff(nameOf(a), nameOf(b), '--json')).stdout).comparisons;

    expect(packages).toMatchObject({
      compared: {
        a: { format: 'CycloneDX', generator: 'trivy-0.54.1', trust: 'declared', packages: 3 },
        changed: [{ name: 'operating-system debian', a: ['12.6'], b: ['12.5'] }],
        onlyA: [{ name: 'library kettle', versions: ['2'] }],
        onlyB: [],
        same: 1,
      },
      unread: [],
    });
  });

  it.each([
    ['an envelope'],
    ['a bundle'],
  ])('says who signed a bill that verifies in %s, and takes it rather than one that is claimed', async (place) => {
    const sigstore = await startSigstore();
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path.join(folder, 'root.json'), JSON.stringify(sigstore.trustedRoot));
    await writeFile(path.join(folder, 'till.pub'), key.publicKey.export({ type: 'spki', format: 'pem' }));
    const accepted = [`{ for: ["${SPDX}"], issuer: "${ISSUER}", identity: "${RELEASE}" }`, `{ for: ["${SPDX}"], key: till.pub }`];
    await configure(`, trust: { roots: [root.json], accept: [${accepted.join()}] }`);
    const bundle = async (data: string) => JSON.stringify(await sigstore.sign({ data, identity: RELEASE }));
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    for (const [of, listed] of [
      [a, SHIPPED],
      [b, TESTED],
    ] as const) {
      const statement = statementOf(of, spdxOf(listed, 'syft-v1.9.0', WIDE));
      if (place === 'a bundle') attach(of, await bundle(statement), BUNDLE);
      else attach(of, envelopeOf(statement, key.privateKey), DSSE);
      attach(of, statementOf(of, spdxOf([['pkg:npm/forged', '6.6.6']])), IN_TOTO);
    }

    const { stdout } = await diff(nameOf(a), nameOf(b));
    await sigstore.close();

    expect(stdout).toContain(`3 packages, signed by ${place === 'a bundle' ? RELEASE : 'key till.pub'}, verified\n`);
    expect(stdout).toContain('pkg:npm/strainer: only in A');
    expect(stdout).not.toContain('forged');
  });

  it('does not believe a bill whose signer is not accepted, and tells it beside one that is claimed', async () => {
    const sigstore = await startSigstore();
    await writeFile(path.join(folder, 'root.json'), JSON.stringify(sigstore.trustedRoot));
    await configure(`, trust: { roots: [root.json], accept: [{ for: ["${SPDX}"], issuer: "${ISSUER}", identity: "${RELEASE}" }] }`);
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    const forged = statementOf(a, spdxOf([['pkg:npm/forged', '6.6.6']]));
    attach(a, JSON.stringify(await sigstore.sign({ data: forged, identity: `${RELEASE}-of-a-fork` })), BUNDLE);
    attach(a, statementOf(a, spdxOf(SHIPPED, 'syft-v1.9.0', WIDE)), IN_TOTO);
    attach(b, statementOf(b, spdxOf(TESTED)), IN_TOTO);

    const { stdout } = await diff(nameOf(a), nameOf(b));
    await sigstore.close();

    expect(stdout).toMatch(/not read: A: sha256:[0-9a-f]{64}: untrusted: it is signed by /);
    expect(stdout).toContain('3 packages, claimed, not signed\n');
    expect(stdout).not.toContain('pkg:npm/forged');
  });

  it('says so where only one image has a bill, or the two are of different formats', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    attach(a, statementOf(a, spdxOf(SHIPPED)), IN_TOTO);

    const alone = await diff(nameOf(a), nameOf(b));
    attach(b, statementOf(b, cycloneOf([{ type: 'library', name: 'till' }]), CYCLONEDX), IN_TOTO, CYCLONEDX);
    const mixed = await diff(nameOf(a), nameOf(b));

    expect(alone.stdout).toContain('packages: not compared: no SBOM of B was read\n');
    expect(mixed.stdout).toContain('packages: not compared: the SBOM of A is SPDX, that of B CycloneDX');
  });

  it('says nothing of packages where neither has one, and reads none where both are one artifact', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    const bare = await diff(nameOf(a), nameOf(b));
    const { digest } = attach(a, statementOf(a, spdxOf(SHIPPED)), IN_TOTO);

    const same = await diff(nameOf(a), nameOf(a));

    expect(bare.stdout).not.toContain('packages');
    expect(same.stdout).not.toContain('packages');
    expect(registry.requests.filter(({ path: at }) => at.endsWith(digest))).toEqual([]);
  });

  it('chooses none of several bills that tell different things', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    attach(a, statementOf(a, spdxOf(SHIPPED)), IN_TOTO);
    attach(a, statementOf(a, spdxOf(TESTED)), IN_TOTO);
    attach(b, statementOf(b, spdxOf(TESTED)), IN_TOTO);

    const { stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout).toContain('not compared: several SBOMs of one format are attached');
  });

  it('lists fifty, counts the rest, and escapes what moves a cursor', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    const many = Array.from({ length: 60 }, (_, at): Listed => [`pkg:npm/leaf-${at}`, '1']);
    attach(a, statementOf(a, spdxOf([['pkg:npm/a\u001b[2Kb', '\u202e1'], ...many])), IN_TOTO);
    attach(b, statementOf(b, spdxOf([['pkg:npm/kettle', '1']], 'bom-2.0')), IN_TOTO);

    const { stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout).toContain('pkg:npm/a\\u{1b}[2Kb: only in A, \\u{202e}1\n');
    expect(stdout).toContain('    and 12 more, which --json lists\n');
    expect(stdout).toContain('other generators made them, or unnamed ones, which may be why');
  });

  it.each([['--json'], ['--platform=linux/amd64']])('strikes out a password that a bill lists, told with %s', async (flag) => {
    await configure(', username: till, passwordEnv: SHOP_PASSWORD, referrers: "false"');
    registry.reply((request, response) => {
      const isOpen = request.headers.authorization !== undefined;
      return isOpen ? false : sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="shop"' });
    });
    const [a, b] = [beside(imageOf('shipped'), spdxOf([['pkg:npm/till', 'earl-grey-hot']])), beside(imageOf('tested'), spdxOf(TESTED))];

    const { stdout } = await diff(nameOf(a), nameOf(b), flag);

    expect(stdout).toContain('[concealed]');
    expect(stdout).not.toContain('earl-grey-hot');
  });

  it('tells ten of those that were not read, and counts the rest', async () => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    for (const one of 'abcdefghijkl') attach(a, `{ "${one}"`, IN_TOTO);
    attach(b, statementOf(b, spdxOf(TESTED)), IN_TOTO);

    const { stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout.match(/not read: A: /g)).toHaveLength(10);
    expect(stdout).toContain('    and 1 more were not read, which --json lists\n');
  });

  it.each<[string, (of: Descriptor) => Descriptor, string]>([
    ['speaks of another image', (of) => attach(of, statementOf(imageOf('another'), spdxOf(SHIPPED)), IN_TOTO), 'untrusted'],
    ['is larger than is read', (of) => attach(of, statementOf(of, spdxOf(SHIPPED)), IN_TOTO, SPDX, { size: 33 * 1024 ** 2 }), 'too-large'],
    ['is longer than its manifest says', (of) => attach(of, statementOf(of, spdxOf(SHIPPED)), IN_TOTO, SPDX, { size: 9 }), 'too-large'],
    ['has a key twice', (of) => attach(of, statementOf(of, spdxOf(SHIPPED)).replace('{', '{"_type":"",'), IN_TOTO), 'malformed'],
    ['is of SPDX 3', (of) => attach(of, statementOf(of, { '@graph': [] }), IN_TOTO), 'unsupported'],
    ['is gone', (of) => attach(of, statementOf(of, spdxOf(SHIPPED)), IN_TOTO, SPDX, { digest: digestOf('gone') }), 'not-found'],
  ])('does not guess where a bill %s', async (_, attachBroken, because) => {
    const [a, b] = [imageOf('shipped'), imageOf('tested')];
    attachBroken(a);
    attach(b, statementOf(b, spdxOf(TESTED)), IN_TOTO);

    const { status, stdout } = await diff(nameOf(a), nameOf(b));

    expect(stdout).toContain('packages: not compared: no SBOM of A was read\n');
    expect(stdout).toMatch(new RegExp(`    not read: A: sha256:[0-9a-f]{64}: ${because}: `));
    expect(status).toBe(1);
  });
});
