import { DOORS, ROOMS, roomOf } from './rooms.ts';
import { at, COMPUTED, type Import, type SourceText, targetOf, textOf } from './source-text.ts';

/** Every import that crosses from one room into another that it may not, with the chain of rooms it would make. */
export function wrongEdges(files: readonly SourceText[]): string[] {
  return files.flatMap((file) => {
    const from = roomOf(file.path);
    if (from === undefined) return [`${file.path} lies in no room: name it in test/architecture/rooms.ts`];
    return file.imports.flatMap((one) => wrongEdge(file, from, one));
  });
}

function wrongEdge(file: SourceText, from: string, one: Import): string[] {
  const target = targetOf(file, one);
  if (one.from === COMPUTED)
    return from === 'registry' ? [] : [`${file.path}:${one.line} imports a name it computes: only the registry may`];
  const to = target === 'selfsame' ? 'selfsame' : roomOf(target);
  if (isVendor(target) || mayEnter(from, to, target)) return [];
  const may = ROOMS[from]?.mayImport.join(', ') || 'no room';
  return [`${file.path}:${one.line} → ${target}  (${from} → ${to ?? 'nowhere'}; ${from} may import ${may})`];
}

function isVendor(target: string): boolean {
  return !/^(?:src|rules|bin|test|fixtures|\.\.|selfsame)(?:\/|$)|^#/.test(target);
}

/** A member of a registry stands alone: it does not import its neighbours. */
const REGISTRIES: readonly string[] = ['rules', 'sources', 'reporters'];

function mayEnter(from: string, to: string | undefined, target: string): boolean {
  if (to === undefined) return false;
  if (to === from) return !REGISTRIES.includes(from);
  const may = ROOMS[from]?.mayImport ?? [];
  if (may.includes('everything')) return to !== 'bin';
  return may.includes(to) || may.includes(DOORS[target] ?? '');
}

/** Every room of the plan in which nothing lies. */
export function emptyRooms(files: readonly SourceText[]): string[] {
  const lived = new Set(files.map(({ path }) => roomOf(path)));
  return Object.entries(ROOMS).flatMap(([name, room]) => (lived.has(name) ? [] : [`${name} is empty: nothing lies in ${room.at}`]));
}

/** Every ring of files that import one another, each told once. */
export function rings(files: readonly SourceText[]): string[] {
  const edges = new Map(files.map((file) => [file.path, file.imports.map((one) => targetOf(file, one))]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

/** Where the collector names a source: it runs whatever the plan lists. */
export function sourcesKnownByName(files: readonly SourceText[]): string[] {
  const ids = files.flatMap(({ path }) => /^src\/sources\/(?<id>[^/]+)\.ts$/.exec(path)?.groups?.id ?? []);
  return files
    .filter(({ path }) => roomOf(path) === 'collect')
    .flatMap((file) =>
      file.nodes.filter(({ node }) => ids.includes(textOf(node) ?? '')).map(({ node }) => `${at(file, node)} names a source`),
    );
}

/** The packages that every scan would load although few use them. */
const HEAVY: readonly string[] = ['@kubernetes/client-node', 'octokit'];

/** What is wrong with how packages are imported: by two files, at the start where it should be on use, or undeclared. */
export function vendorTrouble(files: readonly SourceText[], declared: readonly string[]): string[] {
  const importers = Map.groupBy(
    files.flatMap((file) =>
      file.imports.filter(({ from }) => isPackage(from)).map((one) => ({ ...one, path: file.path, name: packageOf(one.from) })),
    ),
    ({ name }) => name,
  );
  return [
    ...[...importers].flatMap(([name, uses]) => {
      const paths = [...new Set(uses.map(({ path }) => path))];
      return paths.length > 1 && name !== 'zod' ? [`${name} is imported by ${paths.join(' and by ')}: let one file speak to it`] : [];
    }),
    ...[...importers.values()]
      .flat()
      .flatMap(({ name, path, line, isType, isDynamic }) =>
        HEAVY.includes(name) && !isType && !isDynamic ? [`${path}:${line} loads ${name} at once: import() it where it is used`] : [],
      ),
    ...[...importers.keys()]
      .filter((name) => !declared.includes(name))
      .map((name) => `${name} is imported and no dependency of package.json`),
    ...declared.filter((name) => !importers.has(name)).map((name) => `${name} is a dependency of package.json and imported nowhere`),
  ];
}

function isPackage(from: string): boolean {
  return !/^(?:\.|#|node:|\(|selfsame(?:\/|$))/.test(from);
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}
