import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import { loadMember } from '../registry.ts';
import type { Look } from '../report/define-reporter.ts';
import { write } from './output.ts';

/** Renders a report to standard output or, as `id=FILE`, to a file that is read back. */
export async function deliver(report: Report, wanted: readonly string[]): Promise<void> {
  for (const one of wanted) {
    const [id = '', ...file] = one.split('=');
    const reporter = await loadMember('reporters', id);
    if (file.length === 0) for (const piece of reporter.render(report, lookOfTerminal())) await write(piece);
    else await writeReport(fileOf(one, file), [...reporter.render(report, { width: 100, color: false })].join(''));
  }
}

function fileOf(wanted: string, parts: readonly string[]): string {
  const file = parts.join('=');
  if (file === '')
    throw new AuditError('USAGE', `--report ${wanted} names no file`, {
      hint: `Write --report ${wanted}FILE, or leave "=" away to print it.`,
    });
  return file;
}

function lookOfTerminal(): Look {
  const { isTTY, columns } = process.stdout;
  return { width: isTTY ? Math.max(60, columns) : 80, color: isTTY && !process.env.NO_COLOR };
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    const handle = await open(`${file}.partial`, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await readFile(`${file}.partial`, 'utf8')) !== text)
      throw new AuditError('REPORT_NOT_WRITTEN', `${file} reads back other than written`, { hint: 'Check the disk.' });
    await rename(`${file}.partial`, file);
  } catch (cause) {
    await rm(`${file}.partial`, { force: true }).catch(() => undefined);
    if (cause instanceof AuditError) throw cause;
    throw new AuditError('REPORT_NOT_WRITTEN', file, { hint: 'Name a file in a folder that exists and may be written.', cause });
  }
}
