import { readFileSync } from 'node:fs';

type Reference = Readonly<{ shape: string }>;
type Shape = Readonly<{
  type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'long' | 'timestamp' | 'boolean';
  required?: readonly string[];
  members?: Readonly<Record<string, Reference>>;
  member?: Reference;
  key?: Reference;
  value?: Reference;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: readonly string[];
}>;
type Operation = Readonly<{ input: Reference; output: Reference }>;
type Model = Readonly<{ operations: Readonly<Record<string, Operation>>; shapes: Readonly<Record<string, Shape>> }>;

const file = new URL('../../fixtures/schemas/ecr.json', import.meta.url);
const { operations, shapes } = JSON.parse(readFileSync(file, 'utf8')) as Model;

/** What the model that AWS publishes of ECR has against a call; an operation that is not asked here is none. */
export function mistakeInCall(action: string, input: unknown): string | undefined {
  const operation = operations[action];
  return operation ? mistakeIn(operation.input, input, action) : `${action} is not described`;
}

/** Where an answer is none that the model knows of what was asked. */
export function mistakeInAnswer(action: string, output: unknown): string | undefined {
  const operation = operations[action];
  return operation ? mistakeIn(operation.output, output, `answer of ${action}`) : undefined;
}

function mistakeIn({ shape: name }: Reference, value: unknown, where: string): string | undefined {
  const shape = shapes[name];
  if (!shape) return `${where}: the model has no ${name}`;
  switch (shape.type) {
    case 'structure':
      return isRecord(value) ? mistakeInMembers(shape, value, where) : `${where} is no structure`;
    case 'list':
      return Array.isArray(value) ? mistakeInList(shape, value, where) : `${where} is no list`;
    case 'map':
      return isRecord(value) ? mistakeInMap(shape, value, where) : `${where} is no map`;
    case 'string':
      return typeof value === 'string' ? mistakeInText(shape, value, where) : `${where} is no text`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${where} is no boolean`;
    // Seconds since 1970, as the JSON protocol of AWS writes them.
    case 'timestamp':
      return typeof value === 'number' ? undefined : `${where} is no time`;
    case 'integer':
    case 'long':
      return Number.isInteger(value) ? outside(shape, Number(value), where) : `${where} is no whole number`;
  }
}

function mistakeInMembers(
  { required = [], members = {} }: Shape,
  value: Readonly<Record<string, unknown>>,
  where: string,
): string | undefined {
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined) return `${where}.${missing} is required`;
  return firstOf(Object.entries(value), ([name, inner]) => {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    return member ? mistakeIn(member, inner, `${where}.${name}`) : `${where}.${name} is not described`;
  });
}

function mistakeInList(shape: Shape, value: readonly unknown[], where: string): string | undefined {
  const { member } = shape;
  return (
    outside(shape, value.length, where) ??
    firstOf([...value.entries()], ([at, item]) => member && mistakeIn(member, item, `${where}[${at}]`))
  );
}

function mistakeInMap({ key, value: of }: Shape, value: Readonly<Record<string, unknown>>, where: string): string | undefined {
  return firstOf(
    Object.entries(value),
    ([name, inner]) => (key && mistakeIn(key, name, `${where} key`)) ?? (of && mistakeIn(of, inner, `${where}.${name}`)),
  );
}

function mistakeInText(shape: Shape, value: string, where: string): string | undefined {
  if (shape.enum && !shape.enum.includes(value)) return `${where} is none of ${shape.enum.join(', ')}`;
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) return `${where} is not as ${shape.pattern}`;
  return outside(shape, value.length, where);
}

function outside({ min = -Infinity, max = Infinity }: Shape, size: number, where: string): string | undefined {
  return size < min || size > max ? `${where} is not between ${min} and ${max}` : undefined;
}

function firstOf<T>(items: readonly T[], mistake: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = mistake(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
