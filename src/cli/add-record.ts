import type { Event } from './commands/record.ts';

type Options = Record<string, string | string[] | undefined>;

/** As much of a command of `commander` as this needs: one file alone speaks to that package. */
type Command = Readonly<{
  command(name: string): Command;
  description(text: string): Command;
  option(flags: string, description: string): Command;
  option(flags: string, description: string, parse: (value: string, before: string[]) => string[], none: string[]): Command;
  exitOverride(): Command;
  action(run: (options: Options) => Promise<void>): Command;
}>;

/** Adds `selfsame record` with its events to the command line. */
export function addRecord(program: Command, ran: (exitCode: number) => void): void {
  const record = program
    .command('record')
    .description('write down what a CI job did to a digest, as one line that the source "records" reads')
    .exitOverride();
  for (const [event, says, add] of EVENTS) {
    const command = withSubject(record.command(event).description(says));
    add(command)
      .exitOverride()
      .action(async (options: Options) => {
        const { record: recordEvent } = await import('./commands/record.ts');
        ran(await recordEvent(event, options));
      });
  }
}

type Add = (command: Command) => Command;

const EVENTS: readonly (readonly [Event, string, Add])[] = [
  ['build', 'an image was pushed', withBuild],
  ['test', 'a check of an image has ended', withTest],
  ['approve', 'somebody approved an image for an environment, or rejected it', withApproval],
  ['promote', 'an image was let into an environment', (command) => move(command, ['from', 'to', 'by'])],
  ['deploy', 'an image was deployed', (command) => move(command, ['environment', 'by'])],
];

function withSubject(command: Command): Command {
  return command
    .option('--digest <DIGEST>', 'what the registry answered to the push: sha256:…')
    .option('--image <IMAGE>', 'registry/repository[:tag][@sha256:…]')
    .option('--commit <HASH>', 'the commit that the image was built from, whole')
    .option('--repository <REPOSITORY>', 'the repository of that commit')
    .option('--ref <REF>', 'the ref that was built')
    .option('--at <TIME>', 'when it happened, with its zone; now, where it is left out')
    .option('--run-platform <NAME>', 'the CI system, where it is not recognised')
    .option('--run-id <ID>', 'the run of that system')
    .option('--out <FILE>', 'append the line to a file; without it, it is printed');
}

function withBuild(command: Command): Command {
  return command
    .option('--platform <PLATFORM=DIGEST>', 'a member of an index; may be given several times', several, [])
    .option('--base <IMAGE>', 'an image it was built on, with its digest; may be given several times', several, [])
    .option('--tree <HASH>', 'the git tree of the build context')
    .option('--builder <NAME>', 'what built it');
}

function withTest(command: Command): Command {
  return command
    .option('--gate <NAME>', 'the name of the check')
    .option('--result <RESULT>', 'passed, warned or failed')
    .option('--started-at <TIME>', 'when the check started')
    .option('--environment <NAME>', 'where it ran');
}

const MOVES = {
  from: ['<ENVIRONMENT>', 'where it came from'],
  to: ['<ENVIRONMENT>', 'where it may go'],
  environment: ['<ENVIRONMENT>', 'where it runs'],
  by: ['<NAME>', 'who did it'],
} as const;

function move(command: Command, options: readonly (keyof typeof MOVES)[]): Command {
  for (const option of options) command.option(`--${option} ${MOVES[option][0]}`, MOVES[option][1]);
  return command;
}

function withApproval(command: Command): Command {
  return command
    .option('--environment <ENVIRONMENT>', 'where it may go')
    .option('--by <NAME>', 'who approved it')
    .option('--state <STATE>', 'approved, where it is left out, or rejected')
    .option('--requested-by <NAME>', 'who asked for the approval');
}

/** Gathers what an option that may be given several times was given. */
export function several(value: string, before: string[]): string[] {
  return [...before, value];
}
