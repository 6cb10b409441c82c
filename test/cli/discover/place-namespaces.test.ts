import { describe, expect, it } from 'vitest';
import { placingOf } from '../../../src/cli/discover/place-namespaces.ts';

const context = (name: string, namespace?: string) => ({ name, namespace, server: 'https://harbour.test', isCurrent: false });
const placed = (names: readonly string[], namespaces: readonly string[]) =>
  Object.fromEntries(
    placingOf(
      names.map((name) => context(name)),
      namespaces,
    ),
  );

describe('a cluster', () => {
  it('is one environment where its context says so', () => {
    expect(placed(['harbour-prd'], ['shop', 'till', 'kube-system'])).toEqual({ production: true });
  });

  it('holds several where its namespaces say so, whatever its context is called', () => {
    expect(placed(['harbour-prd'], ['shop-prd', 'shop-stg', 'till-stg'])).toEqual({ production: ['*-prd'], staging: ['*-stg'] });
  });

  it('is told namespace by namespace where one of them tells two environments', () => {
    expect(placed(['harbour'], ['shop-prd', 'shop-stg', 'prod-test'])).toEqual({ production: ['shop-prd'], staging: ['shop-stg'] });
  });

  it('holds those of its contexts, each in the namespace that the context names', () => {
    const contexts = [context('harbour-stg', 'one'), context('harbour-prd', 'two')];

    expect(Object.fromEntries(placingOf(contexts, ['one', 'two', 'three']))).toEqual({ staging: ['one'], production: ['two'] });
  });

  it('is left open where no name says anything', () => {
    expect(placed(['harbour'], ['shop', 'till'])).toEqual({});
    expect(placed(['harbour-stg', 'harbour-prd'], ['shop'])).toEqual({});
  });
});
