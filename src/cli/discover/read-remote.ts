import { readCheckout } from '../../clients/workflows/git-folder.ts';
import { conceal } from '../secrets.ts';

/** The repository on GitHub that a clone came from, as owner/name; undefined where it came from elsewhere, or is none. No program is run for it. */
export async function readRemote(folder: string): Promise<string | undefined> {
  const { host, repository } = await readCheckout(folder, { conceal });
  return host === 'github.com' && repository?.split('/').length === 2 ? repository : undefined;
}
