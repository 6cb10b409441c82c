import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from '../../../src/clients/workflows/read-dockerfile.ts';

const FILE = { repository: 'acme/payments', path: 'Dockerfile' };

/** The images of a Dockerfile, each as `line image`. */
function imagesOf(...lines: readonly string[]): readonly string[] {
  const { fact, mistakes } = readDockerfile(lines.join('\n'), FILE);
  expect(mistakes).toEqual([]);
  return (fact?.images ?? []).map(({ line, image }) => `${line} ${image}`);
}

describe('a Dockerfile', () => {
  it('names the images of its stages, copies and mounts, and no stage of its own', () => {
    const { fact, mistakes } = readDockerfile(readFileSync('fixtures/workflows/unpinned-base/Dockerfile', 'utf8'), FILE);

    expect(mistakes).toEqual([]);
    expect(fact).toEqual({
      kind: 'dockerfile',
      ...FILE,
      images: [
        { line: 6, image: 'node:24-bookworm-slim', as: 'stage', stage: 'build' },
        { line: 12, image: 'ghcr.io/acme/certificates:latest', as: 'mount', stage: 'build' },
        { line: 21, image: 'nginx', as: 'stage' },
        { line: 24, image: 'busybox:1.37', as: 'copy' },
      ],
      arguments: [
        { name: 'NODE_VERSION', line: 3, default: '24' },
        { name: 'BASE', line: 4, default: 'node:24-bookworm-slim' },
        { name: 'NODE_ENV', line: 7, default: 'production', keptAt: 9 },
        { name: 'COMMIT', line: 8 },
      ],
    });
  });

  it.each(globSync('fixtures/workflows/**/*Dockerfile'))('is read among the fixtures: %s', (file) => {
    const { fact, mistakes } = readDockerfile(readFileSync(file, 'utf8'), FILE);

    expect(mistakes).toEqual([]);
    expect(fact?.images).not.toEqual([]);
  });

  it.each([
    ['a default', ['ARG V=24', 'FROM node:$V'], '2 node:24'],
    ['a default in braces', ['ARG V=24', 'FROM node:${V}-slim'], '2 node:24-slim'],
    ['no default', ['ARG V', 'FROM node:${V}'], '2 node:${V}'],
    ['a default where it is used', ['ARG V', 'FROM node:${V:-22}'], '2 node:22'],
    ['a default where it is used, by another', ['ARG W=22', 'FROM node:${V:-$W}'], '2 node:22'],
    ['a word where it is set', ['ARG V=24', 'FROM node:24${V:+-slim}'], '2 node:24-slim'],
    ['a default of a default', ['ARG V=24', 'ARG T=${V}-slim', 'FROM node:$T'], '3 node:24-slim'],
    ['quotes', ['ARG V="24"', 'FROM "node:$V"'], '2 node:24'],
    ['an argument of an earlier stage, which does not count', ['FROM a', 'ARG V=24', 'FROM node:$V'], '3 node:$V'],
    ['a name of a credential, which is not filled in', ['ARG API_TOKEN=canary', 'FROM acme/$API_TOKEN'], '2 acme/$API_TOKEN'],
  ])('has the image of a stage by %s', (_, lines, image) => {
    expect(imagesOf(...lines)).toContain(image);
  });

  it.each([
    ['a platform', ['FROM --platform=linux/amd64 alpine:3.22 AS build'], ['1 alpine:3.22']],
    [
      'lines that go on',
      ['FROM \\', '  # why', '', '  alpine:3.22 \\', '  AS build', 'COPY --from=busybox a b'],
      ['1 alpine:3.22', '6 busybox'],
    ],
    [
      'another sign of going on',
      ['# escape=`', 'FROM alpine `', ' AS build', 'RUN dir C:\\', 'COPY --from=busybox a b'],
      ['2 alpine', '5 busybox'],
    ],
    ['no sign of going on in a comment', ['FROM alpine', '# why \\', 'COPY --from=busybox a b'], ['1 alpine', '3 busybox']],
    ['a here-document', ['FROM alpine', 'RUN <<EOF', 'FROM no', 'EOF', 'COPY --from=busybox a b'], ['1 alpine', '5 busybox']],
    [
      'two here-documents',
      ['FROM alpine', 'COPY <<A <<-"B" /x', 'FROM no', 'A', 'FROM no', '\tB', 'FROM busybox'],
      ['1 alpine', '7 busybox'],
    ],
    ['signs that open none', ['FROM alpine', 'RUN cat <<<x && echo $((1 << 2)) "<<EOF"', 'FROM busybox'], ['1 alpine', '3 busybox']],
    ['a stage by its number', ['FROM alpine', 'FROM scratch', 'COPY --from=0 a b'], ['1 alpine']],
    ['a stage by its name, in capitals', ['from alpine as Build', 'from BUILD', 'copy --from=build a b'], ['1 alpine']],
    [
      'a stage by an argument that the builder sets',
      ['FROM alpine AS on-linux', 'FROM on-$TARGETOS', 'COPY --from=on-${TARGETOS} a b'],
      ['1 alpine'],
    ],
    ['an image that an argument names alone', ['FROM alpine AS base', 'ARG IMAGE', 'FROM $IMAGE'], ['1 alpine', '3 $IMAGE']],
    ['an image by such an argument', ['FROM alpine AS on-linux', 'FROM acme/on-$TARGETOS'], ['1 alpine', '2 acme/on-$TARGETOS']],
    ['a command with a flag of that name', ['FROM alpine', 'RUN tool --mount=from=no --from=no'], ['1 alpine']],
    ['Windows', ['\uFEFFFROM alpine\r', 'COPY --from=busybox \\\r', ' a b\r'], ['1 alpine', '2 busybox']],
  ])('is read with %s', (_, lines, images) => {
    expect(imagesOf(...lines)).toEqual(images);
  });

  it('keeps an argument by a variable or a label of the stage that takes it', () => {
    const { fact } = readDockerfile('ARG A=1\nARG B=2\nFROM alpine\nARG A\nENV A=$A B=$B\nLABEL a=${A}\n', FILE);

    expect(fact?.arguments).toEqual([
      { name: 'A', line: 1, default: '1', keptAt: 5 },
      { name: 'B', line: 2, default: '2' },
    ]);
  });

  it('does not keep what may be a credential', () => {
    const { fact } = readDockerfile('FROM alpine\nARG NPM_TOKEN=canary-90a1\n', FILE);

    expect(fact?.arguments).toEqual([{ name: 'NPM_TOKEN', line: 2, default: expect.stringMatching(/^redacted#/) }]);
  });
});

describe('what cannot be read of a Dockerfile', () => {
  it.each([
    ['', 1, 'malformed', 'no FROM'],
    ['RUN make', 1, 'malformed', 'no FROM'],
    ['FROM alpine\n\nhello world', 3, 'malformed', 'HELLO is no instruction'],
    ['FROM alpine\nRUN <<EOF\nmake', 2, 'malformed', 'no end'],
    [`FROM alpine\n#${'x'.repeat(600_000)}`, 1, 'too-large', '512 KiB'],
    [`FROM alpine\n${'COPY --from=busybox a b\n'.repeat(1001)}`, 1, 'too-large', '1000'],
  ])('is told with its line: %#', (text, line, because, says) => {
    const { fact, mistakes } = readDockerfile(text, FILE);

    expect(fact).toBeUndefined();
    expect(mistakes).toMatchObject([{ line, because, says: expect.stringContaining(says) }]);
  });

  it('is told without its words, where those are of no instruction', () => {
    const { mistakes } = readDockerfile('API_TOKEN=canary-90a1\nMIIEcanary', FILE);

    expect(mistakes).toMatchObject([{ line: 1, says: 'this is no instruction of a Dockerfile' }]);
  });

  it('stays as it is written where defaults double without end', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `ARG A${n + 1}=$A${n}$A${n}`);

    expect(imagesOf('ARG A0=xxxxxxxxxx', ...lines, 'FROM $A60')[0]?.length).toBeLessThan(3000);
  });

  it.each([
    ['quotes', `FROM alpine\nRUN ${'"\''.repeat(250_000)}`],
    ['one word', `FROM alpine\nRUN ${'x'.repeat(500_000)}`],
    ['blanks', `FROM alpine\nRUN ${' '.repeat(500_000)}x`],
    ['openings', `FROM alpine\nRUN ${'<<'.repeat(250_000)}`],
    ['openings of variables', `ARG A=${'${a:-'.repeat(90_000)}\nFROM $A`],
    ['lines that go on', `FROM alpine\n${'\\\n'.repeat(250_000)}`],
    ['comments', `FROM alpine\n${'#\n'.repeat(250_000)}`],
    ['documents', `FROM alpine\nRUN ${Array.from({ length: 60_000 }, (_, n) => `<<E${n}`).join(' ')}`],
  ])('is known within seconds: %s', (_, text) => {
    const began = performance.now();

    readDockerfile(text, FILE);

    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('is never thrown, whatever the text is', () => {
    const words = fc.constantFrom(
      'FROM ',
      'ARG ',
      'ENV ',
      'RUN ',
      'COPY ',
      '--from=',
      '--mount=',
      '<<E',
      '\n',
      '\\\n',
      '$',
      '${',
      '}',
      '=',
      'a',
      '"',
      "'",
      '#',
      '__proto__',
      ' AS ',
    );

    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const { fact, mistakes } = readDockerfile(parts.join(''), FILE);

        expect((fact !== undefined) !== mistakes.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
