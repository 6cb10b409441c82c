import { Plan, type Report } from 'selfsame';
import { judgeRecorded } from '../../src/audit.ts';
import { collect, type NamedSource } from '../../src/collect/collect.ts';
import { wantedFrom } from '../../src/inventory/wanted.ts';
import type { AnyRule } from '../../src/judge/define-rule.ts';
import { loadAll } from '../../src/registry.ts';
import kubernetes from '../../src/sources/kubernetes.ts';
import oci from '../../src/sources/oci.ts';
import { TOKEN } from './cluster.ts';
import { openEdge } from './edge.ts';
import { writeKubeconfig } from './kubernetes.ts';

const PLAN = Plan.parse({ promotion: [['staging'], ['production']] });
export const BY_SUFFIX = { staging: ['*-stg'], production: ['*-prd'] };

let rules: Promise<readonly AnyRule[]> | undefined;

/** A cluster to read, at an address, under the name of its source. */
export async function clusterAt(url: string, name = 'harbour', config: object = {}): Promise<NamedSource> {
  const kubeconfig = await writeKubeconfig(url, { user: { token: TOKEN } });
  const settings = { environments: BY_SUFFIX, cluster: name, insecure: 'true', kubeconfig, ...config };
  return { name, source: kubernetes, config: kubernetes.config.parse(settings) };
}

/** A registry to ask, at a host. */
export function registryAt(host: string, config: Readonly<Record<string, unknown>> = {}): NamedSource {
  return {
    name: 'registry',
    source: oci,
    config: oci.config.parse({ registry: host, insecure: 'true', cache: 'off', referrers: 'false', ...config }),
  };
}

/** Audits in process what the sources read: what is collected is judged. */
export async function auditOf(sources: readonly NamedSource[], edge = openEdge()): Promise<Report> {
  rules ??= loadAll('rules');
  const observations = await collect(sources, (seen) => wantedFrom(seen, PLAN), edge);
  const takenAt = { from: '2026-03-01T12:00:00Z', to: '2026-03-01T12:01:00Z' };
  return judgeRecorded([{ takenAt, digest: 'sha256:1', observations }], PLAN, await rules, '0.1.0');
}
