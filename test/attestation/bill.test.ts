import { describe, expect, it } from 'vitest';
import { billOf, isBill } from '../../src/attestation/bill.ts';

const spdx = (packages: readonly object[], changed: object = {}) =>
  billOf({ predicateType: 'https://spdx.dev/Document', predicate: { spdxVersion: 'SPDX-2.3', packages, ...changed } });
const cyclone = (components: readonly object[], changed: object = {}) =>
  billOf({
    predicateType: 'https://cyclonedx.org/bom/v1.4',
    predicate: { bomFormat: 'CycloneDX', specVersion: '1.4', components, ...changed },
  });
const purl = (referenceLocator: string) => ({
  SPDXID: 'SPDXRef-Till',
  name: 'till',
  externalRefs: [{ referenceType: 'purl', referenceLocator }],
});

describe('a bill of materials', () => {
  it.each([
    ['pkg:npm/%40tea/till@1.4.0', 'pkg:npm/%40tea/till', '1.4.0'],
    ['pkg:npm/@tea/till@1.4.0', 'pkg:npm/@tea/till', '1.4.0'],
    ['pkg:npm/@tea/till', 'pkg:npm/@tea/till', undefined],
    ['pkg:deb/debian/openssl@1%3A3.0.13-1?arch=amd64&distro=debian-12', 'pkg:deb/debian/openssl', '1:3.0.13-1'],
    ['pkg:DEB/debian/openssl?arch=amd64', 'pkg:deb/debian/openssl', undefined],
    ['pkg:golang/tea.test/till@v1.0.0#cmd/pour', 'pkg:golang/tea.test/till#cmd/pour', 'v1.0.0'],
    ['pkg:npm/till@%zz', 'pkg:npm/till', '%zz'],
    ['no URL of a package', 'package till', undefined],
  ])('takes %s for a package and its version', (written, name, version) => {
    expect(spdx([purl(written)]).packages).toEqual([{ name, version }]);
  });

  it('says a version as the package does, rather than as its URL', () => {
    const { packages } = spdx([
      { ...purl('pkg:rpm/tea/till@2'), versionInfo: '1:2' },
      { ...purl('pkg:rpm/tea/pot@3'), versionInfo: 'NOASSERTION' },
    ]);

    expect(packages.map(({ version }) => version)).toEqual(['1:2', '3']);
  });

  it('does not list the image that it describes, and lists all where it describes them all', () => {
    const packages = [
      { SPDXID: 'SPDXRef-Image', name: 'shop' },
      { SPDXID: 'SPDXRef-Till', name: 'till' },
    ];

    const [one, all] = [['SPDXRef-Image'], ['SPDXRef-Image', 'SPDXRef-Till']].map((documentDescribes) =>
      spdx(packages, { documentDescribes }),
    );

    expect(one?.packages).toEqual([{ name: 'package till', version: undefined }]);
    expect(all?.packages).toHaveLength(2);
  });

  it('names the tools that made it, as the versions of its format write them', () => {
    const tools = [{ vendor: 'aquasecurity', name: 'trivy', version: '0.50.0' }];

    const generators = [
      spdx([], { creationInfo: { creators: ['Person: Earl Grey', 'Tool: syft-1.9.0', 'Tool: buildkit-v0.16.0'] } }),
      cyclone([], { metadata: { tools } }),
      cyclone([], { metadata: { tools: { components: tools } } }),
      cyclone([]),
    ].map(({ generator }) => generator);

    expect(generators).toEqual(['syft-1.9.0, buildkit-v0.16.0', 'trivy-0.50.0', 'trivy-0.50.0', undefined]);
  });

  it.each([
    [
      'SPDX 3',
      () => billOf({ predicateType: 'https://spdx.dev/Document/v3.0', predicate: { '@context': '', '@graph': [] } }),
      'unsupported',
    ],
    ['SPDX as text', () => billOf({ predicateType: 'https://spdx.dev/Document', predicate: 'SPDXVersion: SPDX-2.3' }), 'unsupported'],
    ['too many packages', () => cyclone(Array.from({ length: 50_001 }, () => ({ type: 'library', name: 'till' }))), 'too-large'],
  ])('is refused where it is of %s', (_, read, because) => {
    expect(read).toThrow(expect.objectContaining({ because, hint: expect.any(String) }));
  });

  it('lies in statements of its own types alone', () => {
    const types = [
      'https://spdx.dev/Document/v2.3',
      'https://cyclonedx.org/bom',
      'https://slsa.dev/provenance/v1',
      'https://spdx.dev/Documents',
    ];

    expect(types.map(isBill)).toEqual([true, true, false, false]);
  });
});
