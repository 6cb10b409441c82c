import { describe, expect, it } from 'vitest';
import { parse } from './graphql-query.ts';
import { driftInField, mistakeInQuery } from './graphql-schema.ts';

const OID = 'c0ffee'.padEnd(40, '0');
const ofRepository = (inner: string) => `query { r: repository(owner: "acme", name: "payments") { ${inner} } }`;

describe("GitHub's GraphQL schema", () => {
  it('has nothing against a commit and a file of it', () => {
    const query = ofRepository(`a: object(oid: "${OID}") { is: __typename ... on Commit { oid } } b: object(expression: "main:Dockerfile") {
      ... on Blob { oid isBinary isTruncated text } }`);

    expect(mistakeInQuery(parse(query))).toBeUndefined();
  });

  it.each([
    ["Field 'viewer' doesn't exist", 'query { viewer { login } }'],
    ["'owner' on Field 'repository'", 'query { repository(name: "payments") { object(expression: "main") { __typename } } }'],
    ["Field 'pulls' doesn't exist", ofRepository('pulls')],
    ["doesn't accept argument 'sha'", ofRepository(`object(sha: "${OID}") { __typename }`)],
    ["Argument 'oid' on Field 'object'", ofRepository('object(oid: "main") { __typename }')],
    ["'object' must have selections", ofRepository(`object(oid: "${OID}")`)],
    ["'oid' has no fields", ofRepository(`object(oid: "${OID}") { ... on Blob { oid { text } } }`)],
    ["Field 'text' doesn't exist on type 'Tree'", ofRepository(`object(oid: "${OID}") { ... on Tree { text } }`)],
    ["Fragment on 'Repository'", ofRepository(`object(oid: "${OID}") { ... on Repository { object } }`)],
  ])('refuses, because %s, %s', (why, query) => {
    expect(mistakeInQuery(parse(query))).toContain(why);
  });

  it.each([
    ['Blob', 'oid', 'main'],
    ['Blob', 'isTruncated', null],
    ['Tree', 'entries', {}],
    ['TreeEntry', 'mode', '100644'],
  ])('does not know a %s whose %s is %j', (type, field, value) => {
    expect(driftInField(type, field, value)).not.toEqual([]);
  });
});
