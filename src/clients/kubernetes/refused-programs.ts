import { z } from 'zod';
import { type Named, programsOf } from './reached-through.ts';

/** Any program that gets credentials, or those of these names alone. */
export type Exec = 'allow' | readonly string[] | undefined;

/** The `auth-provider` of a kubeconfig user. */
export const Provider = z.object({ name: z.string().optional(), config: z.record(z.string(), z.unknown()).nullish() });

const UNREAD = 'one that cannot be read';

/** The programs that a kubeconfig's user runs to get credentials, where one is not allowed; undefined where it runs none, or all may be run. */
export function refusedPrograms(user: Named['user'], exec: Exec): readonly string[] | undefined {
  const provider = user?.authProvider ? Provider.safeParse(user.authProvider) : undefined;
  const { name, config: settings } = provider?.data ?? {};
  const settled = [user?.exec, settings?.exec, settings?.['cmd-path']].filter((one) => one !== undefined && one !== null && one !== '');
  const isUnread = provider?.success === false || (name === 'exec' && settings?.exec === undefined);
  if ((settled.length === 0 && !isUnread) || exec === 'allow') return undefined;
  const read = programsOf(user);
  const programs = isUnread || read.length < settled.length ? [...read, UNREAD] : read;
  return programs.every((program) => program !== UNREAD && exec?.includes(program)) ? undefined : programs;
}
