import type { VerifyOptions } from './commands/verify-evidence.ts';

/** As much of a command of `commander` as this needs: one file alone speaks to that package. */
type Command = Readonly<{
  command(name: string): Command;
  description(text: string): Command;
  argument(name: string, description?: string): Command;
  option(flags: string, description: string, fallback?: string): Command;
  option(flags: string, description: string, parse: (value: string, before: string[]) => string[], none: string[]): Command;
  exitOverride(): Command;
  action(run: (places: string[], options: VerifyOptions) => Promise<void>): Command;
}>;

/** Adds `selfsame evidence` to the command line. */
export function addEvidence(program: Command, ran: (exitCode: number) => void): void {
  const evidence = program.command('evidence').description('verify attestations, and what recordings keep of them').exitOverride();
  evidence
    .command('verify')
    .description('does each attestation lead to a root and a signer that are trusted; nothing is fetched')
    .argument('<PLACE...>', 'bundles and envelopes, in files or folders, and recordings')
    .option('--config <FILE>', 'whose sources say whom to trust, where nobody is named here', 'selfsame.yaml')
    .option('--root <FILE>', 'a trusted root; may be given several times', several, [])
    .option('--issuer <URL>', 'who gave the signer his name')
    .option('--identity <NAME>', 'the signer, letter by letter')
    .option('--key <FILE>', 'a public key whose signatures count; may be given several times', several, [])
    .option('--for <KIND>', 'what they may sign: provenance, test-result (both, else) or the type of a predicate', several, [])
    .option('--json', 'for machines')
    .exitOverride()
    .action(async (places, options) => {
      const { verifyEvidence } = await import('./commands/verify-evidence.ts');
      ran(await verifyEvidence(places, options));
    });
}

function several(value: string, before: string[]): string[] {
  return [...before, value];
}
