import { judgeRecorded } from '../../audit.ts';
import { loadConfig } from '../../config/load.ts';
import type { Report } from '../../domain/report.ts';
import { readRecording } from '../../recording/read.ts';
import { idsIn, loadAll } from '../../registry.ts';
import { deliver } from '../deliver.ts';
import { versionOf } from '../version.ts';

/** Judges recordings offline. */
export async function judge(
  directories: readonly string[],
  { config, report }: { config: string; report: readonly string[] },
): Promise<number> {
  const concluded = await conclude(directories, config);
  await deliver(concluded, report);
  return concluded.exitCode;
}

/** Reads the plan and the recordings, and judges them by every rule. */
export async function conclude(directories: readonly string[], config: string): Promise<Report> {
  const { plan } = await loadConfig(config, await idsIn('rules'));
  const recordings = [];
  for (const directory of directories) recordings.push(await readRecording(directory));
  return judgeRecorded(recordings, plan, await loadAll('rules'), versionOf());
}
