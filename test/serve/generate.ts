import fc from 'fast-check';

// biome-ignore lint/suspicious/noExplicitAny: a description is JSON of every shape
type Json = any;

/** One operation of an OpenAPI description, with the schemas of what it takes. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly body: Json | null;
  readonly statuses: readonly number[];
}

export function operationsOf(description: Json): Operation[] {
  return Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      isPublic: operation.security.length === 0,
      parameters: Object.fromEntries(
        (operation.parameters ?? []).map((one: Json) => [one.name, resolved(one.schema, description)]),
      ),
      body: resolved(operation.requestBody?.content['application/json'].schema ?? null, description),
      statuses: Object.keys(operation.responses).map(Number),
    })),
  );
}

/** The schema with what it refers to in its place. */
export function resolved(schema: Json, description: Json): Json {
  if (schema === null || typeof schema !== 'object') return schema;
  if (Array.isArray(schema)) return schema.map((one) => resolved(one, description));
  if (typeof schema.$ref === 'string') {
    const steps = schema.$ref.replace('#/', '').split('/');
    const found = steps.reduce((at: Json, step: string) => at?.[step], description);
    if (found === undefined) throw new Error(`${schema.$ref} leads nowhere`);
    return resolved(found, description);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, resolved(value, description)]),
  );
}

/** Values that the schema permits. */
export function valid(schema: Json): fc.Arbitrary<Json> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return text(schema);
    case 'array':
      return fc.array(valid(schema.items), { minLength: schema.minItems ?? 0, maxLength: 5 });
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, valid(value)])),
        { requiredKeys: schema.required ?? [] },
      );
    case undefined:
      return fc.jsonValue();
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
}

function text(schema: Json): fc.Arbitrary<string> {
  if (schema.pattern !== undefined) {
    // Few, so that requests meet each other.
    const known = ['0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f', '00000000-0000-4000-8000-000000000001', '1', '2'];
    const fitting = known.filter((one) => new RegExp(schema.pattern).test(one));
    return fc.oneof(fc.constantFrom(...fitting), fc.stringMatching(new RegExp(schema.pattern)));
  }
  if (schema.format === 'date-time') {
    const [min, max] = [new Date('2000-01-01T00:00:00Z'), new Date('2030-01-01T00:00:00Z')];
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  const plain = fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: 20 });
  return fc.oneof(fc.constantFrom('web-1', 'web-2', '7d'), plain);
}

/** The same value with something wrong in it, or in its text: whatever somebody may send by mistake or on purpose. */
export function mutated(value: Json): fc.Arbitrary<string | Uint8Array> {
  const whole = JSON.stringify(value) ?? '';
  return fc.oneof(
    fc.jsonValue().map((other) => JSON.stringify(other)),
    fc
      .tuple(fc.nat({ max: whole.length }), fc.nat(3), fc.string({ maxLength: 4 }))
      .map(([at, gone, instead]) => whole.slice(0, at) + instead + whole.slice(at + gone)),
    fc.uint8Array({ maxLength: 60 }),
    anotherField(value),
  );
}

function anotherField(value: Json): fc.Arbitrary<string> {
  const keys = value !== null && typeof value === 'object' ? Object.keys(value) : [];
  const key = fc.oneof(fc.constantFrom('x', '__proto__', 'constructor', ...keys), fc.string());
  return fc
    .tuple(
      key,
      fc.oneof(
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', ' ', '\u0000', 'x'.repeat(300)),
      ),
    )
    .map(([name, what]) => JSON.stringify({ ...(keys.length > 0 && value), [name]: what }));
}
