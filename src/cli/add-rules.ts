type Options = { config?: string; code: boolean };

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

/** Adds `selfsame rules` to the command line. */
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
}
