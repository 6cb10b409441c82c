import { Command, CommanderError } from 'commander';
import { AuditError } from '../error.ts';
import { addEvidence } from './add-evidence.ts';
import { addRecord, several } from './add-record.ts';
import { addRules, NO_CODE } from './add-rules.ts';
import type { CheckOptions } from './commands/check.ts';
import type { DiffOptions } from './commands/diff.ts';
import type { InitOptions } from './commands/init.ts';
import type { ScanOptions } from './commands/scan.ts';
import { EXIT_CODES, examplesOf } from './examples.ts';
import { explainFailure } from './explain-failure.ts';
import { sizeOfLayers } from './size.ts';
import { versionOf } from './version.ts';

export { explainFailure };

/** Runs the command line and returns its exit code: the only place that catches everything. */
export async function main(argv: readonly string[]): Promise<number> {
  // Writing reports its failures where it waits; without a listener they would also end the process.
  process.stdout.on('error', () => undefined);
  try {
    return await run(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(explainFailure(error));
    return error instanceof AuditError ? error.exitCode : 4;
  }
}

type Ran = (exitCode: number) => void;

async function run(argv: readonly string[]): Promise<number> {
  if (argv.join(' ') === '--version --json') return (await import('./integrity.ts')).tellIntegrity();
  let exitCode = 0;
  const ran: Ran = (code) => {
    exitCode = code;
  };
  const program = new Command('selfsame')
    .description('Prove that production runs the selfsame artifact your tests passed.')
    .version(versionOf())
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({
      optionDescription: ({ description, defaultValue }) => description + (defaultValue?.length ? ` (else ${defaultValue})` : ''),
    })
    .addHelpText('after', `\n${EXIT_CODES}\n`);
  for (const add of [
    addInit,
    addDoctor,
    addScan,
    addCollect,
    addJudge,
    addCheck,
    addExplain,
    addDiff,
    addEvidence,
    addRecord,
    addBaseline,
    addRules,
    addDemo,
    addCompletion,
  ])
    add(program, ran);
  for (const command of program.commands) {
    command.addHelpText('after', () => examplesOf(command.name()));
    for (const below of command.commands) below.addHelpText('after', () => examplesOf(command.name(), below.name()));
  }
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

function addInit(program: Command, ran: Ran): void {
  program
    .command('init')
    .description('write a first, commented selfsame.yaml from what is found here')
    .option('--config <FILE>', 'the file to write', 'selfsame.yaml')
    .option('--print', 'print it, and write nothing')
    .option('--force', 'write over a file that is there')
    .option('--context <NAME>', 'ask the cluster of this context alone; may be given several times', several, [])
    .option('--offline', 'ask no cluster')
    .option('--allow <WHAT>', 'exec: run the programs that get credentials; insecure: accept unchecked certificates', several, [])
    .option('--timeout <DURATION>', 'stop asking after that; 30s, where it is left out')
    .exitOverride()
    .action(async (options: InitOptions) => {
      const { init } = await import('./commands/init.ts');
      ran(await init(options));
    });
}

function addDoctor(program: Command, ran: Ran): void {
  withConfig(program.command('doctor').description('try each source: is it reached, may it be read, and what is missing'))
    .option('--timeout <DURATION>', 'stop asking after that; 2m, where it is left out')
    .option('--json', 'for machines')
    .action(async (options: Configured & { json?: boolean; timeout?: string }) => {
      const { doctor } = await import('./commands/doctor.ts');
      ran(await doctor(options));
    });
}

function addScan(program: Command, ran: Ran): void {
  withJudging(withCollecting(program.command('scan').description('collect, judge and report')))
    .argument('[PLACE]', 'what the source of --source is to look at; this folder, where it is left out')
    .option('--keep <DIR>', 'keep the recording there, and judge it with the earlier ones')
    .option('--source <ID>', 'this source alone, and no configuration needed: github-workflows')
    .action(async (place: string | undefined, options: Judging & ScanOptions) => {
      const { scan } = await import('./commands/scan.ts');
      ran(await scan({ ...options, place, report: orTable(options) }));
    });
}

function addCollect(program: Command, ran: Ran): void {
  withCollecting(program.command('collect').description('only observe: write a recording'))
    .option('--out <DIR>', 'the folder to write, which must not exist yet')
    .action(async (options: Configured & { out?: string; only: string[]; timeout?: string }) => {
      const { collect } = await import('./commands/collect.ts');
      ran(await collect(options));
    });
}

function addJudge(program: Command, ran: Ran): void {
  withJudging(
    withConfig(
      program.command('judge').description('judge recordings, offline').argument('<DIR...>', 'recordings of any times, or folders of them'),
    ),
  )
    .option('--only <PLACE>', 'judge these places alone: environment/name; may be given several times', several, [])
    .option('--at <TIME>', 'judge what ran at that time, by what was recorded until then')
    .action(async (directories: string[], options: Judging & { at?: string }) => {
      const { judge } = await import('./commands/judge.ts');
      ran(await judge(directories, { ...options, report: orTable(options) }));
    });
}

function addCheck(program: Command, ran: Ran): void {
  withConfig(program.command('check').description('may these images go to an environment, judged as if they were deployed'))
    .argument('[IMAGE...]', 'references as a cluster would pull them')
    .option('-f, --filename <FILE>', 'rendered manifests instead: a file, a folder, or - for what is piped in', several, [])
    .option('--to <ENVIRONMENT>', 'where they are to go; the end of the path where it has one environment')
    .option('--against <DIR>', 'a recording, or a folder of them, to judge by instead of collecting now', several, [])
    .option('--max-age <DURATION>', 'the oldest that the newest recording may be')
    .option('--json', 'for machines')
    .action(async (images: string[], options: CheckOptions) => {
      const { check } = await import('./commands/check.ts');
      ran(await check(images, options));
    });
}

function addExplain(program: Command, ran: Ran): void {
  withConfig(program.command('explain').description('tell the whole chain of a workload, digest, commit or image'))
    .argument('<WHAT>', 'environment/name, a digest or its beginning, a commit, an image')
    .argument('[DIR...]', 'recordings, or folders of them; without any it collects')
    .option('--json', 'for machines')
    .action(async (what: string, directories: string[], options: Configured & { json?: boolean }) => {
      const { explain: explainWhat } = await import('./commands/explain.ts');
      ran(await explainWhat(what, directories, options));
    });
}

function addDiff(program: Command, ran: Ran): void {
  withConfig(program.command('diff').description('are these one artifact, and if not, why'))
    .argument('<A>', 'a reference, oci:DIR, docker-archive:FILE, environment/name, a digest or a commit')
    .argument('<B>', 'the same')
    .argument('[DIR...]', 'recordings to look in, or folders of them; without any it asks the registries of the configuration')
    .option('--platform <OS/ARCH>', 'compare this platform alone')
    .option(
      '--layers [SIZE]',
      'compare what differing layers hold, downloading at most this much of them: 200MiB unless said',
      sizeOfLayers,
    )
    .option('--json', 'for machines')
    .action(async (a: string, b: string, directories: string[], options: DiffOptions) => {
      const { diff } = await import('./commands/diff.ts');
      ran(await diff(a, b, directories, options));
    });
}

function addBaseline(program: Command, ran: Ran): void {
  withConfig(program.command('baseline').description('write the findings of recordings as dated, owned waivers'))
    .argument('<DIR...>', 'recordings, or folders of them')
    .option('--owner <TEXT>', 'who answers for them; each team for what it owns, where it is left out')
    .requiredOption('--because <TEXT>', 'why they are accepted')
    .option('--days <N>', 'how long, from the newest recording')
    .action(async (directories: string[], options: Configured & { owner?: string; because: string; days?: string }) => {
      const { baseline } = await import('./commands/baseline.ts');
      ran(await baseline(directories, options));
    });
}

function addDemo(program: Command, ran: Ran): void {
  withReports(program.command('demo').description('judge the incident this exists for, without any account')).action(
    async (options: Reports) => {
      const { demo } = await import('./commands/demo.ts');
      ran(await demo({ report: orTable(options) }));
    },
  );
}

function addCompletion(program: Command, ran: Ran): void {
  program
    .command('completion')
    .description('print what completes commands and options in a shell')
    .argument('<SHELL>', 'bash, zsh or fish')
    .exitOverride()
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion.ts');
      ran(await completion(shell, program));
    });
}

type Configured = { config: string; code: boolean };
type Reports = { report: string[] };

type Judging = Reports & Configured & { only: string[]; owner?: string; signWith?: string; failOnNew?: string | true };

function withReports(command: Command): Command {
  return command
    .option('--report <id[=FILE]>', 'table, html, json, sarif and others; may be given several times', several, [])
    .exitOverride();
}

function withConfig(command: Command): Command {
  return command
    .option('--config <FILE>', 'the plan to judge by, and where to look', 'selfsame.yaml')
    .option('--no-code', NO_CODE)
    .exitOverride();
}

function withJudging(command: Command): Command {
  return withReports(command)
    .option('--owner <TEAM>', 'show what this team owns alone; the exit code is that of the whole')
    .option('--fail-on-new [BEFORE]', 'exit 1 for new findings alone: not in this report or recording, else in earlier ones')
    .option('--sign-with <ENV>', 'write FILE.sig beside each report that goes to a file, by the secret in this variable');
}

function withCollecting(command: Command): Command {
  return withConfig(command)
    .option('--only <PLACE>', 'these places alone: environment/name; may be given several times', several, [])
    .option('--timeout <DURATION>', 'stop asking after 90s, 10m or 2h; what is left becomes gaps');
}

function orTable({ report }: Reports): string[] {
  return report.length > 0 ? report : ['table'];
}
