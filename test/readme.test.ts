import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const blocks = [...README.matchAll(/^```\n([^]*?)^```$/gm)].map(([, block = '']) => block);
const { start } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).scripts;

/** Runs the program as whoever reads the page would, but for npm, which only starts it. */
function selfsame(argv: readonly string[]) {
  const [, ...options] = start.split(' ').slice(0, -1);
  return spawnSync(process.execPath, [...options, ...argv], { cwd: ROOT, encoding: 'utf8' });
}

describe('the first page', () => {
  it('quotes the report that `npm start` prints, which exits with 0', () => {
    const quoted = blocks.find((block) => block.startsWith('high ')) ?? '';

    const { stdout, status } = selfsame([start.split(' ').at(-1)]);

    expect(quoted.split('\n').length).toBeGreaterThan(5);
    expect(stdout).toContain(quoted);
    expect(status).toBe(0);
  });

  it('runs a judgement that says what the estate is to say', () => {
    const [, judgement = ''] = /^npm run -s selfsame -- (judge fixtures\/estates\/.*)$/m.exec(README) ?? [];
    const estate = path.dirname(judgement.split(' ')[1] ?? '');

    const { stdout, status } = selfsame(judgement.split(' '));

    expect([stdout, status]).toEqual([readFileSync(path.join(ROOT, estate, 'expected.txt'), 'utf8'), 1]);
  });

  it('counts the incidents that are told', () => {
    const words = ['fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty'];
    const estates = readdirSync(path.join(ROOT, 'fixtures/estates'), { withFileTypes: true }).filter((entry) => entry.isDirectory());

    const [, counted = ''] = /^(\w+) more incidents are told/m.exec(README) ?? [];

    // One of them is the one above.
    expect(counted.toLowerCase()).toBe(words[estates.length - 1 - 15]);
  });
});
