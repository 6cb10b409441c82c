type Options = { config?: string; code: boolean; to?: string };

/** As much of a command of `commander` as this needs: one file alone speaks to that package. */
type Command = Readonly<{
  command(name: string): Command;
  description(text: string): Command;
  argument(name: string, description?: string): Command;
  option(flags: string, description: string): Command;
  exitOverride(): Command;
  action(run: (id: string | undefined, options: Options) => Promise<void>): Command;
}>;

/** What the option says that keeps the code of a configuration from being run. */
export const NO_CODE = 'refuse a configuration that names code (rulesFrom)';

/** Adds `selfsame rules` and `selfsame new rule` to the command line. */
export function addRules(program: Command, ran: (exitCode: number) => void): void {
  program
    .command('rules')
    .description('list the rules, or print the page of one')
    .argument('[ID]')
    .option('--config <FILE>', 'list its own rules too (else those of selfsame.yaml, where it lies here)')
    .option('--no-code', NO_CODE)
    .exitOverride()
    .action(async (id, options) => {
      const { rules } = await import('./commands/rules.ts');
      ran(await rules(id, options));
    });
  const created = program.command('new').description('begin a rule of your own, with its page and its test').exitOverride();
  created
    .command('rule')
    .description('write the rule, its page and its test')
    .argument('<ID>', 'what is wrong, such as rebuilt-after-test')
    .option('--to <DIR>', 'the folder to write them to; rules, where it is left out')
    .exitOverride()
    .action(async (id = '', { to = 'rules' }) => {
      const { createRule } = await import('./commands/new.ts');
      ran(await createRule(id, to));
    });
}
