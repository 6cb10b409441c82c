import type { Node } from './objects.ts';

/** What a node can run, `os/architecture`, with `:os.version` on Windows; undefined where the node does not say. Variants are not told. */
export function platformOf(node: Node | undefined): string | undefined {
  const { operatingSystem = '', architecture = '', kernelVersion = '' } = node?.status.nodeInfo ?? {};
  if (operatingSystem === '' || architecture === '') return undefined;
  // A Windows kubelet reports the build, `10.0.17763.2114`, as its kernel version.
  const build = operatingSystem === 'windows' ? /^\d+(?:\.\d+){2,3}/.exec(kernelVersion)?.[0] : undefined;
  return `${operatingSystem}/${architecture}${build ? `:${build}` : ''}`;
}
