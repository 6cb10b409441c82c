import { afterEach, describe, expect, it, vi } from 'vitest';
import { lookOfTerminal } from '../../src/cli/look.ts';

const { isTTY, columns } = process.stdout;

/** Standard output as a terminal of so many columns, or as a pipe, until the end of the test. */
function standardOutput(given: Readonly<{ isTTY: boolean; columns?: number }>): void {
  Object.assign(process.stdout, given);
}

afterEach(() => {
  Object.assign(process.stdout, { isTTY, columns });
  vi.unstubAllEnvs();
});

describe('how a report looks', () => {
  it('has colours and the width of a terminal', () => {
    standardOutput({ isTTY: true, columns: 132 });

    expect(lookOfTerminal()).toEqual({ width: 132, color: true });
  });

  it('has no colours where NO_COLOR says so, whatever it says (no-color.org)', () => {
    standardOutput({ isTTY: true, columns: 132 });
    vi.stubEnv('NO_COLOR', '1');

    expect(lookOfTerminal()).toEqual({ width: 132, color: false });
  });

  it('has them where NO_COLOR is empty: an empty variable is not set (no-color.org)', () => {
    standardOutput({ isTTY: true, columns: 132 });
    vi.stubEnv('NO_COLOR', '');

    expect(lookOfTerminal().color).toBe(true);
  });

  it('has none in a pipe or a file, and a width of its own', () => {
    standardOutput({ isTTY: false, columns: 7 });

    expect(lookOfTerminal().color).toBe(false);
    expect(lookOfTerminal().width).toBeGreaterThan(60);
  });
});
