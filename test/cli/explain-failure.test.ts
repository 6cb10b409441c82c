import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { AuditError } from '../../src/error.ts';

describe('a message that quotes what others wrote', () => {
  it('is one line, moves no cursor and commands no CI runner (O01, O02, O10)', () => {
    const quoted = new AuditError('USAGE', 'nothing is "\u001b[2K\r\n::error::gone\u202e\u009b"', {
      hint: 'Look at ##[set-env name=PATH]',
    });

    const told = explainFailure(quoted);

    expect(told.split('\n')).toHaveLength(3);
    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|^\s*::|##\[/m);
  });
});

describe('what the system refuses', () => {
  it('is told with its path and what to do', () => {
    const refused = Object.assign(new Error("EACCES: permission denied, open '/srv/nights/recording.json'"), {
      code: 'EACCES',
      path: '/srv/nights/recording.json',
    });

    const told = explainFailure(refused);

    expect(told).toContain('/srv/nights/recording.json');
    expect(told).toContain('Let the user that runs selfsame read it');
    expect(told).not.toContain('unexpected');
  });

  it('is told of a real link that leads in a ring', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    symlinkSync('loop', path.join(folder, 'loop'));
    const error = troubleOf(() => readFileSync(path.join(folder, 'loop')));

    expect(explainFailure(error)).toContain('Its links lead in a ring');
  });

  it('is told of a full disk without a path', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

    expect(explainFailure(error)).toContain('make room');
  });

  it('is a mistake of the program where a socket was refused and nobody said so', () => {
    const error = Object.assign(new Error('connect EACCES 192.0.2.1:443'), { code: 'EACCES' });

    expect(explainFailure(error)).toContain('unexpected');
  });

  it('is a mistake of the program where nothing else explains it', () => {
    expect(explainFailure(new TypeError('undefined is no crane'))).toContain('Report this');
  });
});

function troubleOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}
