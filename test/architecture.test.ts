import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyRooms, rings, sourcesKnownByName, vendorTrouble, wrongEdges } from './architecture/edges.ts';
import { assertionsOf, blindSpots, perThousandLines, presumptionsOf } from './architecture/hatches.ts';
import { impurities, reachesPastTheEdge } from './architecture/purity.ts';
import { notReexports, poorNames, tooLong, wrongDefaults, wrongEnds } from './architecture/shape.ts';
import { parse, readProduct, type SourceText } from './architecture/source-text.ts';

/** How often for a thousand lines: measured, and rounded up. They may only go down; the aim is 1.5 for both. */
const CAPS = { as: 1.5, presumed: 0.1 };

type Check = (files: readonly SourceText[]) => readonly string[];

const product = readProduct();
const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { dependencies: object };
const packages: Check = (files) => vendorTrouble(files, Object.keys(dependencies));
/** A sample imports few packages: what it leaves out is no trouble. */
const packagesOfSample: Check = (files) => packages(files).filter((trouble) => !trouble.endsWith('imported nowhere'));

describe('the house', () => {
  it.each<[string, Check]>([
    ['imports only along the line', wrongEdges],
    ['has no room that is empty', emptyRooms],
    ['has no files that import one another in a ring', rings],
    ['lets one file speak to each package', packages],
    ['collects without knowing a source by name', sourcesKnownByName],
    ['judges without waiting, and without clock, disk, environment or locale', impurities],
    ['lets sources and clients reach the world through their edge', reachesPastTheEdge],
    ['keeps files, functions and parameter lists short', tooLong],
    ['has names that say something', poorNames],
    ['exports a default from members of a registry, and from nowhere else', wrongDefaults],
    ['fails with an AuditError, and ends only in bin', wrongEnds],
    ['exports from its indexes what other files promise', notReexports],
    ['never tells the compiler to look away', blindSpots],
  ])('%s', (_, check) => {
    expect(check(product)).toEqual([]);
  });

  it.each([
    ['what a value is', CAPS.as, assertionsOf],
    ['that a value is there', CAPS.presumed, presumptionsOf],
  ])('tells the compiler %s no more often than it did', (_, cap, hatchesOf) => {
    const found = product.flatMap(hatchesOf);

    const density = perThousandLines(found.length, product);

    expect(density > cap ? found : []).toEqual([]);
  });
});

const LONG_FUNCTION = `const f = () => {\n${'  g();\n'.repeat(49)}};`;

describe('an offence', () => {
  it.each<[string, Check, string, string, string]>([
    [
      'the domain imports a report',
      wrongEdges,
      'src/domain/digest.ts',
      "import '../report/words.ts';",
      'src/domain/digest.ts:1 → src/report/words.ts',
    ],
    ['only a type is imported', wrongEdges, 'src/domain/digest.ts', "import type { A } from '../judge/judge.ts';", 'domain → judge'],
    [
      'a type is imported where it is used',
      wrongEdges,
      'src/domain/digest.ts',
      "type A = import('../judge/judge.ts').A;",
      'domain → judge',
    ],
    ['something is exported again', wrongEdges, 'src/collect/limits.ts', "export * from '../inventory/wanted.ts';", 'collect → inventory'],
    ['something is imported on use', wrongEdges, 'src/report/words.ts', "await import('../cli/version.ts');", 'report → cli'],
    ['a name is computed', wrongEdges, 'src/collect/collect.ts', 'await import(name);', 'imports a name it computes'],
    ['a source imports another', wrongEdges, 'src/sources/oci.ts', "import other from './kubernetes.ts';", 'sources → sources'],
    ['a source judges', wrongEdges, 'src/sources/oci.ts', "import { judge } from '../judge/judge.ts';", 'sources → judge'],
    [
      'a client asks the ledger',
      wrongEdges,
      'src/clients/oci/manifest.ts',
      "import { a } from '../../inventory/ledger.ts';",
      'clients → inventory',
    ],
    ['a rule imports the inside', wrongEdges, 'rules/tag-moved.ts', "import { judge } from '../src/judge/judge.ts';", 'rules → judge'],
    ['a rule imports its tester', wrongEdges, 'rules/tag-moved.ts', "import { testRule } from 'selfsame/testing';", 'rules → nowhere'],
    [
      'a reporter imports the error',
      wrongEdges,
      'src/reporters/sarif.ts',
      "import { AuditError } from '../error.ts';",
      'reporters → error',
    ],
    ['the registry imports a member', wrongEdges, 'src/registry.ts', "import { judge } from './judge/judge.ts';", 'registry → judge'],
    ['the tester reads recordings', wrongEdges, 'src/testing/laws.ts', "import { a } from '../recording/read.ts';", 'testing → recording'],
    ['the product imports its tests', wrongEdges, 'src/cli/main.ts', "import { a } from '../../test/setup.ts';", 'cli → nowhere'],
    ['a folder is new', wrongEdges, 'src/attic/box.ts', '', 'lies in no room'],
    [
      'two files speak to one package',
      packagesOfSample,
      'src/config/load.ts',
      "import 'yaml';",
      'yaml is imported by src/config/load.ts and by',
    ],
    ['a package is not declared', packagesOfSample, 'src/config/load.ts', "import 'left-pad';", 'left-pad is imported and no dependency'],
    ['a builtin is taken for a package', packagesOfSample, 'src/config/load.ts', "import 'fs';", 'fs is imported and no dependency'],
    [
      'a heavy package is loaded at once',
      packagesOfSample,
      'src/clients/kubernetes.ts',
      "import { A } from '@kubernetes/client-node';",
      'loads @kubernetes/client-node at once',
    ],
    ['a rule waits', impurities, 'rules/tag-moved.ts', 'const check = async () => 1;', 'is async'],
    ['the inventory awaits', impurities, 'src/inventory/row.ts', 'await 1;', 'awaits'],
    ['a reporter reads the disk', impurities, 'src/reporters/sarif.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
    ['a second file hashes', impurities, 'src/domain/digest.ts', "import { createHash } from 'node:crypto';", 'imports node:crypto'],
    ['the judge asks the time', impurities, 'src/judge/judge.ts', 'const now = Date.now();', 'reads the clock: Date.now'],
    ['the judge asks for today', impurities, 'src/judge/judge.ts', 'const today = new Date();', 'reads the clock: new Date()'],
    ['a report draws lots', impurities, 'src/report/words.ts', 'const id = Math.random();', 'draws lots'],
    ['a report prints', impurities, 'src/report/words.ts', "console.log('drift');", 'uses console'],
    ['a report reads the environment', impurities, 'src/report/words.ts', 'const { CI } = process.env;', 'uses process'],
    [
      'an order depends on the locale',
      impurities,
      'src/domain/order.ts',
      'const order = a.localeCompare(b);',
      'depends on the locale: localeCompare',
    ],
    ['a source reads the environment', reachesPastTheEdge, 'src/sources/oci.ts', 'const token = process.env.TOKEN;', 'uses process'],
    ['a client asks the time', reachesPastTheEdge, 'src/clients/http.ts', 'const now = new Date();', 'reads the clock'],
    ['the collector waits by itself', reachesPastTheEdge, 'src/collect/collect.ts', 'setTimeout(retry, 100);', 'uses setTimeout'],
    ['a file is long', tooLong, 'src/report/words.ts', ';\n'.repeat(251), 'has 251 lines'],
    ['a function is long', tooLong, 'src/report/words.ts', LONG_FUNCTION, 'is a function of 51 lines'],
    ['a function takes much', tooLong, 'src/report/words.ts', 'function f(a, b, c, d, e) {}', 'takes 5 parameters'],
    ['a file is called utils', poorNames, 'src/report/utils.ts', '', '"utils" says nothing'],
    ['a folder has its own index', poorNames, 'src/report/index.ts', '', '"index" says nothing'],
    ['a name has capitals', poorNames, 'src/report/exitCode.ts', '', 'not in kebab-case'],
    ['a default is exported', wrongDefaults, 'src/report/words.ts', 'export default 1;', 'exports a default'],
    [
      'a default is exported under its name',
      wrongDefaults,
      'src/report/words.ts',
      'const a = 1; export { a as default };',
      'exports a default',
    ],
    ['a member has none', wrongDefaults, 'rules/tag-moved.ts', 'export const rule = 1;', 'does not export default defineRule'],
    [
      'a member is another thing',
      wrongDefaults,
      'src/sources/oci.ts',
      'export default defineReporter({});',
      'does not export default defineSource',
    ],
    ['an error is bare', wrongEnds, 'src/clients/http.ts', "throw new Error('no');", 'makes a Error'],
    ['an error is of the language', wrongEnds, 'src/config/load.ts', "throw new TypeError('no');", 'makes a TypeError'],
    ['the process is ended', wrongEnds, 'src/cli/main.ts', 'process.exit(1);', 'calls process.exit'],
    ['the process is ended from bin', wrongEnds, 'bin/selfsame.ts', 'process.exit(1);', 'calls process.exit'],
    ['the exit code is set', wrongEnds, 'src/cli/main.ts', 'process.exitCode = 1;', 'sets the exit code'],
    ['there is a class', wrongEnds, 'src/judge/judge.ts', 'class Judge {}', 'is a class'],
    ['the index has code', notReexports, 'src/index.ts', 'export const a = 1;', 'is no re-export'],
    ['a type is any', blindSpots, 'src/judge/judge.ts', 'const a: any = 1;', 'is any'],
    ['the compiler is hushed', blindSpots, 'src/judge/judge.ts', '// @ts-expect-error it is so\nf();', 'hushes tsc'],
    ['a value is asserted', (files) => files.flatMap(assertionsOf), 'src/judge/judge.ts', 'const a = b as unknown;', 'as unknown'],
    ['a value is presumed to be there', (files) => files.flatMap(presumptionsOf), 'src/judge/judge.ts', 'const a = b!.c;', 'presumes'],
  ])('is reported where %s', (_, check, path, text, told) => {
    const other = parse('src/cli/commands/scan.ts', "import 'yaml';");

    const reported = check([parse(path, text), other]);

    expect(reported).toEqual([expect.stringContaining(told)]);
  });

  it('is reported where the collector knows a source by name', () => {
    const sample = [parse('src/sources/kubernetes.ts', ''), parse('src/collect/collect.ts', "if (id === 'kubernetes') wait();")];

    expect(sourcesKnownByName(sample)).toEqual(['src/collect/collect.ts:1 names a source']);
  });

  it('is reported where files import one another in a ring', () => {
    const sample = [
      parse('src/judge/plea.ts', "import type { A } from './verdict.ts';"),
      parse('src/judge/verdict.ts', "export * from './sentence.ts';"),
      parse('src/judge/sentence.ts', "await import('./plea.ts');"),
    ];

    expect(rings(sample)).toEqual(['src/judge/plea.ts → src/judge/verdict.ts → src/judge/sentence.ts → src/judge/plea.ts']);
  });

  it('is reported where a room is empty', () => {
    expect(emptyRooms([parse('src/judge/judge.ts', '')])).toContain('domain is empty: nothing lies in src/domain/');
  });

  it('is reported where a dependency is imported nowhere', () => {
    expect(vendorTrouble([], ['yaml'])).toEqual(['yaml is a dependency of package.json and imported nowhere']);
  });

  it.each<[string, Check, string, string]>([
    ['the command line imports what it likes', wrongEdges, 'src/cli/commands/scan.ts', "import '../../judge/judge.ts';"],
    ['everybody imports the error', wrongEdges, 'src/inventory/row.ts', "import { AuditError } from '../error.ts';"],
    ['the registry imports what defines a member', wrongEdges, 'src/registry.ts', "import { a } from './judge/define-rule.ts';"],
    ['a date is made of a text', impurities, 'src/judge/judge.ts', "const day = new Date('2026-11-25');"],
    ['a fact is named like the process', impurities, 'src/domain/digest.ts', 'const fact = { process: 1 }; const name = fact.process;'],
    ['a heavy package lends its types', packagesOfSample, 'src/clients/kubernetes.ts', "import type { A } from '@kubernetes/client-node';"],
    ['a constant is constant', (files) => files.flatMap(assertionsOf), 'src/judge/judge.ts', 'const a = [1] as const;'],
    ['the tester fails a case', wrongEnds, 'src/testing/laws.ts', "throw new TypeError('the law is broken');"],
  ])('is none where %s', (_, check, path, text) => {
    expect(check([parse(path, text)])).toEqual([]);
  });
});
