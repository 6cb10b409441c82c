import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLogReader } from '../../../src/clients/github/log-reader.ts';
import { digestOf } from '../../fakes/registry.ts';

const [INDEX, MEMBER, CONFIG, OTHER] = [digestOf('index'), digestOf('member'), digestOf('config'), digestOf('other')];

function read(...pieces: readonly (string | Buffer)[]) {
  const reader = openLogReader();
  for (const piece of pieces) reader.push(Buffer.from(piece));
  reader.end();
  return reader.digests();
}
const recorded = (name: string) => readFileSync(new URL(`../../../fixtures/github/${name}`, import.meta.url));
const stamped = (...lines: readonly string[]) => lines.map((line) => `2026-03-01T09:10:00.1234567Z ${line}\n`).join('');

// As docker/build-push-action prints them (recorded in public job logs of 2025).
const PUSH = stamped(
  `#16 exporting manifest ${MEMBER} done`,
  `#16 exporting config ${CONFIG} done`,
  `#16 exporting attestation manifest ${OTHER} done`,
  `#16 exporting manifest list ${INDEX} done`,
  `#16 pushing manifest for ghcr.io/acme/payments:1.4@${INDEX}`,
  `#16 pushing manifest for ghcr.io/acme/payments:1.4@${INDEX} 2.6s done`,
);

describe('a log', () => {
  it('says what BuildKit pushed, when, and what is in it', () => {
    expect(read(PUSH).pushed).toEqual([
      { digest: INDEX, reference: 'ghcr.io/acme/payments:1.4', at: '2026-03-01T09:10:00Z', role: 'index', members: [MEMBER] },
    ]);
  });

  it('says so whatever the pieces that it arrives in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: PUSH.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), PUSH.length];

        const pieces = at.slice(1).map((end, nth) => PUSH.slice(at[nth], end));

        expect(read(...pieces)).toEqual(read(PUSH));
      }),
    );
  });

  it('never takes a digest that was printed for one that was pushed: with `load: true` nothing is', () => {
    const log = stamped(
      `#23 exporting manifest ${MEMBER} done`,
      `#23 exporting config ${CONFIG} done`,
      '##[group]Digest',
      MEMBER,
      '##[endgroup]',
      `  "containerimage.digest": "${MEMBER}",`,
      `#23 pushing manifest for ghcr.io/acme/payments:1.4@${MEMBER}`,
    );

    expect(read(log)).toEqual({ pushed: [], named: new Set([MEMBER, CONFIG]) });
  });

  it.each([
    [
      'docker push',
      stamped('The push refers to repository [ghcr.io/acme/payments]', `1.4: digest: ${INDEX} size: 1234`),
      'ghcr.io/acme/payments:1.4',
    ],
    ['kaniko', stamped(`INFO[0042] Pushed ghcr.io/acme/payments@${INDEX}`), 'ghcr.io/acme/payments'],
    ['ko', stamped(`2026/03/01 09:10:00 Published ghcr.io/acme/payments@${INDEX}`), 'ghcr.io/acme/payments'],
    [
      'BuildKit, its name masked',
      stamped(`#8 pushing manifest for docker.io/***/payments:1.4@${INDEX} done`),
      'docker.io/***/payments:1.4',
    ],
  ])('says what %s pushed', (_, log, reference) => {
    expect(read(log).pushed).toMatchObject([{ digest: INDEX, reference }]);
  });

  it.each([
    [
      'pushed-index.log',
      {
        reference: 'docker.io/acme/payments:latest',
        digest: 'sha256:8938b407bfafccf3a538becee6eaa486dccbe8348c671e9cb006df20b4c0a3d5',
        members: ['sha256:32516ab9993a3327bac176334b5aaac135f65151e82fd4a9673872971eabf583'],
        at: '2025-12-04T08:22:01Z',
        role: 'index',
      },
    ],
    [
      'pushed-index-masked.log',
      {
        reference: 'docker.io/***/payments:1.0.3',
        digest: 'sha256:04ea280329ece4104adaba3fb70c5812e59640ff879dcd43ccba341d7182dbb6',
        members: ['sha256:6f9876a200b4176df30c0048f84efb0879c5ebf1666830a9fbc1948376a11123'],
        at: '2025-02-12T05:44:40Z',
        role: 'index',
      },
    ],
  ])('that a job left in %s says what was pushed, and of what it is', (name, pushed) => {
    expect(read(recorded(name)).pushed).toEqual([pushed]);
  });

  it.each([
    ['loaded-not-pushed.log', 2],
    ['job-of-no-build.log', 0],
  ])('that a job left in %s says that nothing was pushed, and names %i digests', (name, count) => {
    const { pushed, named, lost } = read(recorded(name));

    expect([pushed, named.size, lost]).toEqual([[], count, undefined]);
  });

  it.each([
    ['C02 coloured', `\u001b[36;1m#8 pushing manifest for ghcr.io/acme/payments@${INDEX} done\u001b[0m`],
    ['C02 with a title for the terminal', `\u001b]0;building\u0007#8 pushing manifest for ghcr.io/acme/payments@${INDEX} done`],
    ['C02 written over', `#8 pushing\r#8 pushing manifest for ghcr.io/acme/payments@${INDEX} done`],
    ['with the ends of lines of Windows', `#8 pushing manifest for ghcr.io/acme/payments@${INDEX} done\r`],
  ])('is read %s', (_, line) => {
    expect(read(stamped(line)).pushed).toMatchObject([{ digest: INDEX }]);
  });

  it('is read from a byte order mark on', () => {
    expect(read(`\uFEFF${PUSH}`).pushed).toHaveLength(1);
  });

  it.each([
    ['C15 cut short', INDEX.slice(0, -1)],
    ['too long', `${INDEX}0`],
    ['C15 in capitals', INDEX.toUpperCase()],
    ['that is another hash', `x${INDEX}`],
  ])('names no digest %s', (_, text) => {
    expect(read(stamped(`docker pull ghcr.io/acme/payments@${text}`)).named).toEqual(new Set());
  });

  it('is read to the end of a line of 200 kB', () => {
    const line = `${'x'.repeat(200_000)} ghcr.io/acme/payments@${OTHER}`;

    expect(read(stamped(line))).toEqual({ pushed: [], named: new Set([OTHER]) });
  });

  it('C03 of one line of 200 MB is passed over, which is told, and what stands beside it is read', () => {
    const piece = Buffer.alloc(1 << 20, 'sha256:'.repeat(9));
    const reader = openLogReader();

    reader.push(Buffer.from(PUSH));
    for (let nth = 0; nth < 200; nth++) reader.push(piece);
    reader.push(Buffer.from(`\n${stamped(`docker pull ghcr.io/acme/payments@${OTHER}`)}`));
    reader.end();

    expect(reader.digests().pushed).toHaveLength(1);
    expect(reader.digests().named.has(OTHER)).toBe(true);
    expect(reader.digests().lost).toBe('line');
  });

  it.each([
    ['without an end', ['x'.repeat(300_000), ` ${INDEX}`]],
    ['whose digest is cut by the pieces that it arrives in', ['x'.repeat(300_000), ` ${INDEX.slice(0, 3)}`, `${INDEX.slice(3)}\n`]],
    ['that arrives at once', [`${'x'.repeat(300_000)} ${INDEX}\n`]],
    ['that says where a push goes', ['x'.repeat(300_000), '\rThe push refers to repository [ghcr.io/acme/payments]\n']],
  ])('C03 tells of a line %s that it was passed over', (_, pieces) => {
    expect(read(...pieces).lost).toBe('line');
  });

  it('loses nothing by a long line that names no digest', () => {
    expect(read('x'.repeat(300_000), 'x'.repeat(300_000), `\n${PUSH}`)).toEqual(read(PUSH));
  });

  it('C03 of digests without end is read up to a number, which is told', () => {
    const log = Array.from({ length: 30_000 }, (_, nth) => `${digestOf(`${nth}`)}\n`).join('');

    const { named, lost } = read(log);

    expect([named.size, lost]).toEqual([20_000, 'digests']);
  });

  it('loses nothing by as many digests as are read', () => {
    const log = Array.from({ length: 20_000 }, (_, nth) => `${digestOf(`${nth}`)}\n`).join('');

    expect(read(log + log).lost).toBe(undefined);
  });

  it('C03 of pushes without end is read up to a number, which is told', () => {
    const { pushed, lost } = read(PUSH.repeat(30_000));

    expect([pushed.length, lost]).toEqual([20_000, 'digests']);
  });

  it('C04 of any text takes a time that grows as it does', () => {
    const parts = [
      'sha256:',
      'a'.repeat(64),
      '\u001b[',
      '\u001b]',
      '#1 ',
      'pushing manifest for ',
      '@',
      ' done',
      ': digest: ',
      '1'.repeat(500),
      ' ',
      'Z ',
      '\r',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 40 }), (chosen) => {
        const some = chosen.join('');
        const log = Buffer.from(`${some.repeat(160_000 / some.length)}\n`);

        const before = performance.now();
        read(log);

        // 160 kB in a second: a pattern that is not linear takes minutes for a line of this length.
        expect(performance.now() - before).toBeLessThan(1000);
      }),
      { numRuns: 60 },
    );
  });
});
