import { Command, CommanderError } from 'commander';
import { AuditError } from '../error.ts';
import { versionOf } from './version.ts';

type ReportOptions = { report: string[] };

/** Runs the command line and returns its exit code: the only place that catches everything. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(explain(error));
    return error instanceof AuditError ? error.exitCode : 4;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('selfsame')
    .description('Prove that production runs the selfsame artifact your tests passed.')
    .version(versionOf())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  const reports = (command: Command) =>
    command.option('--report <id[=FILE]>', 'table, json or markdown; may be given several times', collect, []).exitOverride();

  reports(program.command('judge').description('judge recordings, offline').argument('<DIR...>', 'recordings, of any times'))
    .option('--config <FILE>', 'the plan to judge by', 'selfsame.yaml')
    .action(async (directories: string[], options: ReportOptions & { config: string }) => {
      const { judge } = await import('./commands/judge.ts');
      exitCode = await judge(directories, { ...options, report: orTable(options) });
    });
  reports(program.command('demo').description('judge the incident this exists for, without any account')).action(
    async (options: ReportOptions) => {
      const { demo } = await import('./commands/demo.ts');
      exitCode = await demo({ report: orTable(options) });
    },
  );
  program
    .command('rules')
    .description('list the rules, or print the page of one')
    .argument('[ID]')
    .exitOverride()
    .action(async (id: string | undefined) => {
      const { rules } = await import('./commands/rules.ts');
      exitCode = await rules(id);
    });
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

const EXAMPLES = `
Examples:
  selfsame demo
  selfsame judge nights/2026-11-24 nights/2026-11-25 --config selfsame.yaml
  selfsame judge recording --report table --report json=audit.json
  selfsame rules rebuilt-after-test

Exit codes: 0 complete and clean, 1 drift, 2 usage or configuration, 3 inconclusive, 4 the audit failed.
`;

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function orTable({ report }: ReportOptions): string[] {
  return report.length > 0 ? report : ['table'];
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AuditError)) return `selfsame: unexpected: ${message}\n  Report this with the command that you ran.\n`;
  return `selfsame: ${message}\n${error.hint ? `  ${error.hint}\n` : ''}`;
}
