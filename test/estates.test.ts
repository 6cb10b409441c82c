import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeRecorded, type Recording } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { incidents } from '../fixtures/incidents.ts';
import { configOf, makeEstate } from '../fixtures/make-estates.ts';
import { loadConfig } from '../src/config/load.ts';
import { readRecording } from '../src/recording/read.ts';
import { loadAll, loadMember } from '../src/registry.ts';
import {
  askingOnlyAddsDoubt,
  bystanderChangesNothing,
  conclude,
  type Judged,
  judgingLeavesInputAlone,
  losingAcquitsNobody,
  orderIsIrrelevant,
  recordsOf,
  rowsArePopulation,
  vouchingMayBeSplit,
} from './inventory/estate-laws.ts';

const ESTATES = fileURLToPath(new URL('../fixtures/estates', import.meta.url));
const RULES = await loadAll('rules');
const TABLE = await loadMember('reporters', 'table');
const names = readdirSync(ESTATES).toSorted();

function recordingsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name === 'recording' || name.startsWith('night-'))
    .toSorted();
}

async function readEstate(name: string): Promise<Judged> {
  const folder = path.join(ESTATES, name);
  const { plan } = await loadConfig(path.join(folder, 'selfsame.yaml'), RULES);
  const recordings: Recording[] = [];
  for (const night of recordingsIn(folder)) recordings.push(await readRecording(path.join(folder, night)));
  return { recordings, plan };
}

/** The report as a terminal of 80 columns shows it, without colour. */
function asTable({ recordings, plan }: Judged): string {
  return [...TABLE.render(judgeRecorded(recordings, plan, RULES, '0.1.0'), { width: 80, color: false })].join('');
}

function sumsIn(folder: string): readonly string[] {
  return recordingsIn(folder).map((night) => readFileSync(path.join(folder, night, 'SHA256SUMS'), 'utf8'));
}

it('every folder of fixtures/estates is an incident of fixtures/incidents.ts', () => {
  expect(names).toEqual(Object.keys(incidents).toSorted());
});

describe.each(names)('the estate %s', (name) => {
  const folder = path.join(ESTATES, name);

  it('is what its incident leaves behind, byte for byte', async () => {
    const incident = incidents[name] ?? expect.fail(`there is no incident ${name}`);
    const again = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-estate-')), name);

    await makeEstate(again, incident);

    expect(sumsIn(folder)).toEqual(sumsIn(again));
    expect(readFileSync(path.join(folder, 'incident.txt'), 'utf8')).toBe(`${incident.happened.toString()}\n`);
    expect(readFileSync(path.join(folder, 'selfsame.yaml'), 'utf8')).toBe(configOf(incident));
    expect((await readEstate(name)).plan).toEqual(incident.happened.plan());
  });

  it('is told by a page that has a title', () => {
    expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toMatch(/^# \S[^\n]+\n\n\S/);
  });

  it('reads in a terminal as expected.txt has it', async () => {
    const table = asTable(await readEstate(name));
    const file = path.join(folder, 'expected.txt');
    if (process.env.UPDATE_DOCS) writeFileSync(file, table);

    expect(table).toBe(readFileSync(file, 'utf8'));
  });

  it('obeys the law that losing evidence never acquits', async () => {
    const estate = await readEstate(name);
    const before = conclude(estate);

    const broken = recordsOf(estate).flatMap((lost) => troubleOf(() => losingAcquitsNobody(estate, lost, before)));

    expect(broken).toEqual([]);
  });

  it('obeys every other law', async () => {
    const estate = await readEstate(name);
    const laws = [bystanderChangesNothing, rowsArePopulation, vouchingMayBeSplit, judgingLeavesInputAlone];
    const asked = (['running-image', 'build', 'test', 'content', 'tag'] as const).map((of) => ({ of, scope: {}, always: true }));

    const broken = [
      ...laws.flatMap((law) => troubleOf(() => law(estate))),
      ...[1, 7].flatMap((turn) => troubleOf(() => orderIsIrrelevant(estate, turn))),
      ...asked.flatMap((silent) => troubleOf(() => askingOnlyAddsDoubt(estate, silent))),
    ];

    expect(broken).toEqual([]);
  });
});

function troubleOf(law: () => void): unknown[] {
  try {
    law();
    return [];
  } catch (error) {
    return [error];
  }
}
