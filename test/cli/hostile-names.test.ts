import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeRecording } from '../../src/recording/write.ts';
import { readSketch } from '../../src/testing/observe.ts';
import { type Run, selfsame } from '../fakes/command-line.ts';

const HOSTILE = 'pay\u001b[2J\u009b31m\u202e\u200b\u0007\n::error::x ##[add-mask]y';
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-names-'));
const { digest = '' } = readSketch('payments@B');

const incident = scenario({ gates: ['e2e'] })
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .at('14:00')
  .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
  .deployed('payments@B', 'production/payments-api');

/** What somebody may write who names workloads, jobs and places of a registry. */
function renamed(seen: Observation): Observation {
  const origin = { ...seen.origin, locator: HOSTILE };
  if (seen.kind === 'running-image') return Observation.parse({ ...seen, origin, workload: { ...seen.workload, name: HOSTILE } });
  return Observation.parse({ ...seen, origin });
}

beforeAll(async () => {
  const [recording] = incident.recordings();
  const { takenAt, observations } = recording!;
  await writeRecording(path.join(cwd, 'night'), { takenAt, observations: observations.map(renamed), version: '0.1.0' });
  writeFileSync(path.join(cwd, 'selfsame.yaml'), 'version: 1\npromotion: [staging, production]\ngates: [e2e]\n');
});

describe('a name from outside', () => {
  it.each<[string, readonly string[]]>([
    ['explain', ['explain', digest, 'night']],
    ['explain, for machines', ['explain', digest, 'night', '--json']],
    ['check', ['check', `registry.test/payments@${digest}`, '--against', 'night']],
    ['check, for machines', ['check', `registry.test/payments@${digest}`, '--against', 'night', '--json']],
    ['diff', ['diff', digest, readSketch('payments@A').digest ?? '', 'night']],
    ['the error that repeats it', ['explain', HOSTILE, 'night']],
    ['a baseline', ['baseline', 'night', '--owner', HOSTILE, '--because', HOSTILE]],
  ])('is shown by %s, and neither obeyed nor a line of its own (O01, O02)', async (_, argv) => {
    const run: Run = await selfsame(argv, { cwd });
    const told = `${run.stdout}${run.stderr}`;

    expect(told).toContain(argv[0] === 'diff' ? 'base' : 'pay');
    expect(RAW.test(told)).toBe(false);
    expect(told.split('\n').filter((line) => /^\s*::\w|##\[/.test(line))).toEqual([]);
  });
});
