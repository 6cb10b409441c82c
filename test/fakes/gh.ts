import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

/** Puts a program called `gh` before all others until the test ends; it does what the script says. */
export function standInForGh(): (script: string) => void {
  const before = process.env.PATH;
  afterEach(() => {
    process.env.PATH = before;
  });
  return (script) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-gh-'));
    writeFileSync(path.join(folder, 'gh'), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, 'gh'), 0o755);
    process.env.PATH = `${folder}:${before}`;
  };
}
