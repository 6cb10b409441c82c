import { z } from 'zod';

/** What kind of value an expression comes to, as far as it is known before it is run. */
export type Shape = Readonly<
  | { is: 'text'; among?: readonly string[] | undefined }
  | { is: 'number' | 'truth' | 'time' | 'duration' | 'anything' }
  | { is: 'list' | 'map'; of: Shape }
  | { is: 'object'; fields: Readonly<Record<string, Shape>> }
>;

export const ANYTHING: Shape = { is: 'anything' };

type JsonSchema = z.core.JSONSchema._JSONSchema;

/** The shape of what a schema describes. */
export function shapeOf(schema: z.ZodType): Shape {
  return fromJson(z.toJSONSchema(schema));
}

function fromJson(schema: JsonSchema | undefined): Shape {
  if (typeof schema !== 'object') return ANYTHING;
  const { type, format, properties, additionalProperties, items } = schema;
  if (type === 'string') return format === 'date-time' ? { is: 'time' } : { is: 'text', among: schema.enum?.map(String) };
  if (type === 'integer' || type === 'number') return { is: 'number' };
  if (type === 'boolean') return { is: 'truth' };
  if (type === 'array') return { is: 'list', of: Array.isArray(items) ? ANYTHING : fromJson(items) };
  if (properties)
    return { is: 'object', fields: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, fromJson(one)])) };
  return type === 'object' ? { is: 'map', of: fromJson(additionalProperties) } : ANYTHING;
}

/** A shape as a sentence names it. */
export function tellShape({ is }: Shape): string {
  return {
    text: 'a text',
    number: 'a number',
    truth: 'true or false',
    time: 'a time',
    duration: 'a duration',
    anything: 'anything',
    list: 'a list',
    map: 'a map',
    object: 'an object',
  }[is];
}
