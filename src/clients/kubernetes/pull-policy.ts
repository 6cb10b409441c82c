import { PullPolicy } from '../../domain/pull-policy.ts';

/** The pull policy that is written: an API server writes one of three into every pod, in a template or a manifest there may be none. */
export function pullPolicyIn(written: string | undefined): PullPolicy | undefined {
  return PullPolicy.options.find((policy) => policy === written);
}
