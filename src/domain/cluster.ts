import { z } from 'zod';
import { ImageReference } from './image-reference.ts';
import { seen } from './seen.ts';

/** A cluster that was read: which it is, what reading it took, and what of it may not be read. */
export const Cluster = z.object({
  ...seen,
  kind: z.literal('cluster'),
  cluster: z.string(),
  /** Of its namespace kube-system: the same through every context. */
  uid: z.string().optional(),
  version: z.string().optional(),
  pods: z.number().int().nonnegative(),
  /** What was asked of its API server, attempts that failed included. */
  requests: z.number().int().nonnegative().optional(),
  /** The namespaces whose pods may not be listed. */
  denied: z.array(z.string()),
  /** How far its clock is ahead of ours, where they differ by more than answers tell. */
  skewMs: z.number().int().optional(),
  /** What its kubeconfig puts between: a proxy, programs that get credentials, files, a certificate that is not checked. */
  through: z.array(z.string()).default([]),
});
export type Cluster = z.infer<typeof Cluster>;

/** A namespace of a cluster that was read, and that belongs to no environment: what runs there is counted, never judged. */
export const OutsideNamespace = z.object({
  ...seen,
  kind: z.literal('outside-namespace'),
  cluster: z.string(),
  namespace: z.string(),
  images: z.array(ImageReference),
});
export type OutsideNamespace = z.infer<typeof OutsideNamespace>;
