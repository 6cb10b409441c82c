import { readFileSync } from 'node:fs';
import { parse, type Selection } from './graphql-query.ts';

type TypeRef = Readonly<{ kind: string; name: string | null; ofType: TypeRef | null }>;
type Field = Readonly<{ name: string; type: TypeRef; args: readonly Readonly<{ name: string; type: TypeRef }>[] }>;
type Type = Readonly<{ name: string; fields: readonly Field[]; possibleTypes: readonly TypeRef[] | null }>;

const file = new URL('../../fixtures/schemas/github-graphql.json', import.meta.url);
const { types } = JSON.parse(readFileSync(file, 'utf8')) as Readonly<{ types: readonly Type[] }>;
const byName = new Map(types.map((type) => [type.name, type]));
const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: Number.isInteger,
  Boolean: (value) => typeof value === 'boolean',
  String: (value) => typeof value === 'string',
  GitObjectID: (value) => typeof value === 'string' && /^[0-9a-f]{40}$/.test(value),
  LIST: Array.isArray,
};

/** What GitHub has against a query as it is written. */
export function mistakeInText(query: string): string | undefined {
  try {
    return mistakeInQuery(parse(query));
  } catch (error) {
    return error instanceof Error ? error.message : 'mistake';
  }
}

/** What GitHub's GraphQL schema has against a query. */
export function mistakeInQuery(selections: readonly Selection[], typeName = 'Query'): string | undefined {
  const type = byName.get(typeName);
  if (!type) return `nothing is asked of type '${typeName}' here`;
  for (const selection of selections) {
    const mistake = selection.on === undefined ? mistakeInField(type, selection) : mistakeInFragment(type, selection.on, selection.inner);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** Where a value is none that GitHub's GraphQL schema has for a field. */
export function driftInField(typeName: string, name: string, value: unknown): readonly string[] {
  const field = byName.get(typeName)?.fields.find((one) => one.name === name);
  if (!field) return [`${typeName} has no ${name}`];
  return isFit(field.type, value) ? [] : [`${typeName}.${name} is answered with ${JSON.stringify(value)}`];
}

function isFit(type: TypeRef, value: unknown): boolean {
  if (type.kind === 'NON_NULL') return value !== null && value !== undefined && isFit(type.ofType!, value);
  if (value === null) return true;
  return FORMS[type.kind === 'LIST' ? 'LIST' : (type.name ?? '')]?.(value) ?? false;
}

function mistakeInField(type: Type, { name, args, inner }: Selection): string | undefined {
  if (name === '__typename') return undefined;
  const field = type.fields.find((one) => one.name === name);
  if (!field) return `Field '${name}' doesn't exist on type '${type.name}'`;
  const stranger = Object.keys(args).find((given) => !field.args.some((one) => one.name === given));
  if (stranger !== undefined) return `Field '${name}' doesn't accept argument '${stranger}'`;
  const unfit = field.args.find((one) => !isFit(one.type, args[one.name] ?? null));
  if (unfit) return `Argument '${unfit.name}' on Field '${name}' has an invalid value`;
  const of = innermost(field.type);
  const isLeaf = of.kind === 'SCALAR' || of.kind === 'ENUM';
  if (isLeaf !== (inner.length === 0)) return `Field '${name}' ${isLeaf ? 'has no fields' : 'must have selections'}`;
  return isLeaf ? undefined : mistakeInQuery(inner, of.name ?? '');
}

function mistakeInFragment(type: Type, on: string, inner: readonly Selection[]): string | undefined {
  const isOneOf = on === type.name || (type.possibleTypes ?? []).some(({ name }) => name === on);
  return isOneOf ? mistakeInQuery(inner, on) : `Fragment on '${on}' can't be spread inside '${type.name}'`;
}

function innermost(type: TypeRef): TypeRef {
  return type.ofType ? innermost(type.ofType) : type;
}
