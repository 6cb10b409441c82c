import path from 'node:path';
import { deliver } from '../deliver.ts';
import { packageFolder } from '../version.ts';
import { conclude } from './judge.ts';

/** Judges the incident this product exists for, from fixtures; it is a demonstration, so that it exits with 0. */
export async function demo({ report }: { report: readonly string[] }): Promise<number> {
  const estate = path.join(packageFolder(), 'fixtures/estates/rebuilt-on-newer-base');
  const concluded = await conclude([path.join(estate, 'recording')], { config: path.join(estate, 'selfsame.yaml') });
  await deliver(concluded, report);
  // A report for machines stays whole: the remark goes beside it.
  const beside = report.includes('table') ? process.stdout : process.stderr;
  beside.write(
    `\nA scan would exit with ${concluded.exitCode}; this demo exits with 0. The story is in fixtures/estates/rebuilt-on-newer-base/README.md.\n`,
  );
  return 0;
}
