import { AuditError } from '../../error.ts';
import { idsIn } from '../../registry.ts';
import { completionFor, type Listed, SHELLS } from '../completion.ts';
import { write } from '../output.ts';

/** Prints the script that completes this program's commands in a shell. */
export async function completion(shell: string, program: Listed): Promise<number> {
  const words = { '--report': await idsIn('reporters'), '--allow': ['exec', 'insecure'], rules: await idsIn('rules'), completion: SHELLS };
  const script = completionFor(shell, program, words);
  if (script === undefined)
    throw new AuditError('USAGE', `no completion for "${shell}"`, { hint: `There is one for ${SHELLS.join(', ')}.` });
  await write(script);
  return 0;
}
