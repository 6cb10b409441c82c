import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

type Json = Readonly<Record<string, unknown>>;
type Parameter = Readonly<{ name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Json }>;
type Content = Readonly<{ content?: Readonly<Record<string, Readonly<{ schema: Json }>>> }>;
type Method = Readonly<{ parameters?: readonly Json[]; requestBody?: Content; responses: Readonly<Record<string, Json>> }>;
type Described = Json & Readonly<{ paths: Readonly<Record<string, Readonly<Record<string, Method>>>>; components: Json }>;
type Operation = Readonly<{
  method: string;
  path: RegExp;
  names: readonly string[];
  inPath: ValidateFunction;
  inQuery: ValidateFunction;
  body: ValidateFunction | undefined;
  /** The members that a body may have: others are not refused by the schema, and not read either. */
  members: readonly string[];
  answers: ReadonlyMap<number, ValidateFunction | undefined>;
}>;

/** A request as it arrives: its path is still escaped, since a name may hold a slash. */
export type Arrived = Readonly<{ method: string; rawPath: string; query: URLSearchParams; body: Json | undefined }>;

const file = new URL('../../fixtures/schemas/github-rest.json', import.meta.url);
const SCHEMAS = ['components', 'schemas'];
const NULL = { type: 'null' };
const BUNDLES =
  'post responses 200 content application/json schema properties attestations_subject_digests additionalProperties items properties bundle';
const bundlesOf = (owner: string) => ['paths', `/${owner}/attestations/bulk-list`, ...BUNDLES.split(' ')];
/**
 * Where GitHub was seen to answer otherwise than it describes, and how: null for a fork or an account that is gone, and for a bundle that is kept
 * elsewhere (July 2026); a deployment that waits for a review, which its description of GraphQL knows.
 */
const SEEN_OTHERWISE: readonly (readonly [place: readonly string[], as: Json])[] = [
  [[...SCHEMAS, 'workflow-run', 'properties', 'head_repository'], NULL],
  [[...SCHEMAS, 'environment-approvals', 'properties', 'user'], NULL],
  [[...SCHEMAS, 'deployment-status', 'properties', 'state'], { const: 'waiting' }],
  [bundlesOf('orgs/{org}'), NULL],
  [bundlesOf('users/{username}'), NULL],
];
/** What GitHub takes and does not describe (github/rest-api-description, issue 1651, open since 2022). */
const UNTOLD: Readonly<Record<string, readonly Json[]>> = {
  '/users/{username}/packages/{package_type}/{package_name}/versions': ['page', 'per-page'].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  })),
};
/** Where a repository answers that was renamed: GitHub sends there, and does not describe it. */
const BY_ID = /^\/repositories\/\d+\//;
// Of a page the description says in words alone how long it may be.
const LONGEST_PAGE = 100;
const published = JSON.parse(readFileSync(file, 'utf8')) as Json;
const description = asJsonSchema(SEEN_OTHERWISE.reduce(amended, published)) as Described;
const strictly = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const asText = new Ajv({ strict: false, validateFormats: false, coerceTypes: true });
for (const ajv of [strictly, asText]) ajv.addSchema({ $id: 'github', components: description.components });
const operations = Object.entries(description.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, asked]) => operationOf(template, method, asked)),
);

/** What GitHub's description of its REST API has against a request: 404 for a place or method that is not there, 422 for what it is asked. */
export function mistakeIn(arrived: Arrived): Readonly<{ status: 404 | 422; message: string }> | undefined {
  const operation = operationFor(arrived);
  if (!operation) return { status: 404, message: `${arrived.method} ${arrived.rawPath} is not described` };
  const message = unfit(operation, arrived);
  return message === undefined ? undefined : { status: 422, message: `${arrived.method} ${arrived.rawPath}: ${message}` };
}

/** Where an answer is none that GitHub's description knows of what was asked; refusals are not looked at. */
export function driftIn(arrived: Arrived, answer: Readonly<{ status: number; body?: unknown }>): string | undefined {
  const operation = operationFor(arrived);
  if (!operation || answer.status >= 400) return undefined;
  const isValid = operation.answers.get(answer.status);
  if (!operation.answers.has(answer.status)) return `${arrived.method} ${arrived.rawPath} is not described to answer ${answer.status}`;
  return isValid && !isValid(answer.body)
    ? `${arrived.method} ${arrived.rawPath} answers: ${strictly.errorsText(isValid.errors)}`
    : undefined;
}

/** Fails a test in which something was asked or answered otherwise than GitHub describes, whatever came of it. */
export function refuseMistakes(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new Error(`not as GitHub describes its API: ${mistakes.join('; ')}`);
}

function operationFor({ method, rawPath }: Arrived): Operation | undefined {
  return operations.find((one) => one.method === method && one.path.test(pathOf(rawPath)));
}

function pathOf(rawPath: string): string {
  return rawPath.replace(BY_ID, '/repos/renamed/since/');
}

function unfit({ path, names, inPath, inQuery, body, members }: Operation, arrived: Arrived): string | undefined {
  const places = (path.exec(pathOf(arrived.rawPath)) ?? []).slice(1).map(decodeURIComponent);
  if (!inPath(Object.fromEntries(names.map((name, at) => [name, places[at]])))) return asText.errorsText(inPath.errors);
  const keys = [...arrived.query.keys()];
  if (new Set(keys).size < keys.length) return 'it gives a parameter twice';
  if (!inQuery(Object.fromEntries(arrived.query))) return asText.errorsText(inQuery.errors);
  const length = Number(arrived.query.get('per_page') ?? LONGEST_PAGE);
  if (length < 1 || length > LONGEST_PAGE) return 'per_page';
  if (!body) return arrived.body === undefined ? undefined : 'it has a body';
  if (!body(arrived.body)) return strictly.errorsText(body.errors);
  return Object.keys(arrived.body ?? {}).find((key) => !members.includes(key));
}

function operationOf(template: string, method: string, { parameters = [], requestBody, responses }: Method): Operation {
  const all = [...parameters, ...(UNTOLD[template] ?? [])].map((one) => resolved(one) as Parameter);
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const schema = schemaOf(requestBody);
  return {
    method: method.toUpperCase(),
    path: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
    names,
    inPath: asText.compile(objectOf(all.filter((one) => one.in === 'path'))),
    inQuery: asText.compile(objectOf(all.filter((one) => one.in === 'query'))),
    body: schema && strictly.compile(absolute(schema) as Json),
    members: Object.keys(schema?.['properties'] ?? {}),
    answers: new Map(
      Object.entries(responses).map(([status, response]) => {
        const answer = schemaOf(resolved(response));
        return [Number(status), answer && strictly.compile(absolute(answer) as Json)];
      }),
    ),
  };
}

function objectOf(parameters: readonly Parameter[]): Json {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, absolute(schema)])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

function schemaOf(described: Content | undefined): Json | undefined {
  return described?.content?.['application/json']?.schema;
}

/** Parameters and answers are named as schemas are. */
function resolved(value: Json): Json {
  const reference = value['$ref'];
  if (typeof reference !== 'string') return value;
  return reference
    .slice(2)
    .split('/')
    .reduce((node, key) => node[key] as Json, description as Json);
}

function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === '$ref' ? `github${String(inner)}` : absolute(inner)]),
  );
}

/** What OpenAPI 3.0 calls nullable, GitHub's lists of values do not repeat. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJsonSchema(inner)]));
  return nullable === true ? { anyOf: [NULL, rest] } : rest;
}

function amended(value: Json, [[key = '', ...inner], as]: (typeof SEEN_OTHERWISE)[number]): Json {
  const found = value[key];
  if (found === undefined) throw new TypeError(`GitHub describes no ${key}`);
  return { ...value, [key]: inner.length > 0 ? amended(found as Json, [inner, as]) : { anyOf: [as, found] } };
}
