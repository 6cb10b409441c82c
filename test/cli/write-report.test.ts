import { constants } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliver, prepare } from '../../src/cli/deliver.ts';
import { writeReport } from '../../src/cli/write-report.ts';
import type { Report } from '../../src/domain/report.ts';
import { incidents, reportOn } from '../reporters/estates.ts';

const PIECES = ['payments ', 'drifted\n'];

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'selfsame-report-'));
}

function pipe(): string {
  const place = path.join(folder(), 'pipe');
  execFileSync('mkfifo', [place]);
  return place;
}

describe('a report that goes to a file', () => {
  it('is whole, and for its owner alone', async () => {
    const place = path.join(folder(), 'report.json');

    await writeReport(place, PIECES);

    expect(readFileSync(place, 'utf8')).toBe('payments drifted\n');
    expect(statSync(place).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(place))).toEqual(['report.json']);
  });

  it('keeps the rights of the file that it replaces', async () => {
    const place = path.join(folder(), 'selfsame.prom');
    writeFileSync(place, '');
    chmodSync(place, 0o644);

    await writeReport(place, PIECES);

    expect(readFileSync(place, 'utf8')).toBe('payments drifted\n');
    expect(statSync(place).mode & 0o777).toBe(0o644);
  });

  it('never follows a link, nor replaces it (O12)', async () => {
    const place = path.join(folder(), 'link');
    const target = path.join(path.dirname(place), 'target');
    writeFileSync(target, 'kept');
    symlinkSync(target, place);

    await expect(writeReport(place, PIECES)).rejects.toMatchObject({
      code: 'REPORT_NOT_WRITTEN',
      hint: expect.stringContaining('leads to'),
    });
    await expect(prepare([`json=${place}`])).rejects.toThrow('is a link');
    expect(lstatSync(place).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('kept');
  });

  it('never stands in for a folder', async () => {
    await expect(prepare([`json=${folder()}`])).rejects.toThrow('is a folder');
  });
});

describe('a report that goes into a pipe', () => {
  it('is read at the other end, and the pipe stays one', async () => {
    const place = pipe();
    const read = readFile(place, 'utf8');

    await untilRead(place);

    expect(await read).toBe('payments drifted\n');
    expect(lstatSync(place).isFIFO()).toBe(true);
  });

  it('is refused where nobody reads, rather than waited for', async () => {
    const place = pipe();

    await expect(prepare([`json=${place}`])).resolves.toHaveLength(1);
    await expect(writeReport(place, PIECES)).rejects.toThrow('nobody reads from');
    expect(lstatSync(place).isFIFO()).toBe(true);
  });
});

describe('a report that is longer than any string may be', () => {
  it('is written piece by piece, whole (O15)', async () => {
    const place = pipe();
    const report = await reportOn(incidents.drift);
    const [row] = report.rows;
    const rows = Array.from({ length: 640 }, () => ({ ...row!, text: 'payments '.repeat(100_000) }));
    const read = readToEnd(place);

    await expect.poll(() => isDelivered({ ...report, rows }, place), { timeout: 60_000 }).toBe(true);

    const { length, last } = await read;
    expect(length).toBeGreaterThan(constants.MAX_STRING_LENGTH);
    expect(last).toBe('}\n');
  }, 90_000);
});

const isDelivered = (report: Report, place: string) =>
  deliver(report, [`json=${place}`]).then(
    () => true,
    () => false,
  );

/** How much came through a pipe, and how it ended. */
async function readToEnd(place: string): Promise<Readonly<{ length: number; last: string }>> {
  let [length, last] = [0, ''];
  for await (const piece of createReadStream(place, 'latin1')) {
    length += piece.length;
    last = `${last}${piece.slice(-2)}`.slice(-2);
  }
  return { length, last };
}

/** The reader opens the pipe on a thread of its own: until it has, nobody reads. */
async function untilRead(place: string): Promise<void> {
  await expect
    .poll(() =>
      writeReport(place, PIECES).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
}
