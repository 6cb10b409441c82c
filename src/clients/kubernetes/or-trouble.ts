import { AuditError } from '../../error.ts';
import type { Answer } from '../http.ts';
import { type Trouble, troubleIn, type Where } from './trouble.ts';

/** What an API server answers, or the trouble that it leaves not to be answered; whatever else is wrong is thrown. */
export async function orTrouble(query: Where, get: () => Promise<Answer>): Promise<Answer | Trouble> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    const hint =
      error.because === 'untrusted'
        ? `Give the authority that signed the API server's certificate as certificate-authority in the kubeconfig (${error.message}).`
        : (error.hint ?? error.message);
    return troubleIn(query, error.because, hint);
  }
}
