import type { z } from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { orTrouble } from './or-trouble.ts';
import { refusal, type Trouble, troubleIn } from './trouble.ts';

/** One object, or why it could not be read; neither where it is forbidden or absent, which `status` tells. */
export type Single<T> = Readonly<{ status: number; read?: T; trouble?: Trouble }>;

/** Reads one object by its path. */
export async function readObject<T>(api: Kubernetes, kind: string, path: string, schema: z.ZodType<T>): Promise<Single<T>> {
  const query = { api, path, version: 'v1', namespace: undefined, resource: { kind, plural: path } };
  const answer = await orTrouble(query, () => api.get(path));
  if ('because' in answer) return { status: 0, trouble: answer };
  const { status } = answer;
  if (status === 403 || status === 404) return { status };
  if (status !== 200) return { status, trouble: refusal(query, status) };
  const read = schema.safeParse(parseJson(answer.body.toString('utf8')));
  return read.success
    ? { status, read: read.data }
    : { status, trouble: troubleIn(query, 'malformed', `Read it: kubectl get --raw ${path}`) };
}
