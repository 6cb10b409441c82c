import { z } from 'zod';
import { AuditError } from '../../error.ts';
import type { Github } from '../github.ts';

const Limits = z.object({ resources: z.object({}) });

/** Whether GitHub accepts the login, asked in a request that counts against no limit; false where the server does not tell. */
export async function isAccepted(github: Pick<Github, 'ask'>): Promise<boolean> {
  try {
    await github.ask({ route: 'GET /rate_limit', parameters: {}, schema: Limits, what: 'limit of the token', permission: 'none' });
    return true;
  } catch (error) {
    // An Enterprise Server without limits answers 404, "Rate limiting is not enabled.", as what is no API at all would.
    if (error instanceof AuditError && error.because === 'not-found') return false;
    throw error;
  }
}
