import { several } from './add-record.ts';
import { NO_CODE } from './add-rules.ts';
import type { ExportOptions } from './commands/export-evidence.ts';
import type { VerifyOptions } from './commands/verify-evidence.ts';
import { EXIT_CODES_OF_VERIFYING } from './examples.ts';

/** As much of a command of `commander` as this needs: one file alone speaks to that package. */
type Command = Readonly<{
  command(name: string): Command;
  description(text: string): Command;
  argument(name: string, description?: string): Command;
  option(flags: string, description: string, fallback?: string): Command;
  requiredOption(flags: string, description: string): Command;
  option(flags: string, description: string, parse: (value: string, before: string[]) => string[], none: string[]): Command;
  addHelpText(position: 'after', text: string): Command;
  exitOverride(): Command;
  action(run: (places: string[], options: VerifyOptions & ExportOptions) => Promise<void>): Command;
}>;

/** Adds `selfsame evidence` to the command line. */
export function addEvidence(program: Command, ran: (exitCode: number) => void): void {
  const evidence = program
    .command('evidence')
    .description('pack recordings with their report for an auditor, and verify packs and attestations')
    .exitOverride();
  evidence
    .command('export')
    .description('pack recordings, the plan, the report and a seal, to be verified without us')
    .argument('<DIR...>', 'recordings, or folders of them')
    .requiredOption('--out <DIR>', 'the folder to write, which must not exist yet')
    .option('--from <TIME>', 'when the period begins: what was taken before is packed as history, and no change of the period')
    .option('--to <TIME>', 'when the period ends: what was taken later is not packed')
    .option('--config <FILE>', 'the plan to judge by', 'selfsame.yaml')
    .option('--no-code', NO_CODE)
    .option('--sign-with <ENV>', 'sign the seal by the private key in PEM in this variable')
    .exitOverride()
    .action(async (places, options) => {
      const { exportEvidence } = await import('./commands/export-evidence.ts');
      ran(await exportEvidence(places, options));
    });
  evidence
    .command('verify')
    .description('is a pack what was sealed, does each attestation lead to whom you trust; nothing is fetched')
    .argument('<PLACE...>', 'packs, recordings, and bundles and envelopes in files or folders')
    .option('--config <FILE>', 'whose sources say whom to trust, where nobody is named here', 'selfsame.yaml')
    .option('--root <FILE>', 'a trusted root; may be given several times', several, [])
    .option('--issuer <URL>', 'who gave the signer his name')
    .option('--identity <NAME>', 'the signer, letter by letter')
    .option('--key <FILE>', 'a public key whose signatures count; may be given several times', several, [])
    .option('--for <KIND>', 'what they may sign: provenance, test-result (both, else) or the type of a predicate', several, [])
    .option('--sealed-by <FILE>', 'the public key of whoever may have sealed a pack; may be given several times', several, [])
    .option('--no-code', NO_CODE)
    .option('--json', 'for machines')
    .addHelpText('after', EXIT_CODES_OF_VERIFYING)
    .exitOverride()
    .action(async (places, options) => {
      const { verifyEvidence } = await import('./commands/verify-evidence.ts');
      ran(await verifyEvidence(places, options));
    });
}
