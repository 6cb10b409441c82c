import { byText } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import type { RegistryAccount } from '../domain/registry-account.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { tellSkew } from './tell-skew.ts';

/** Every registry as the newest account that a source gave of it; left out where none was given. */
export function registriesOf(recordings: readonly Recording[]): Pick<Report, 'registries'> {
  const newest = new Map<string, RegistryAccount>();
  for (const { observations } of recordings)
    for (const seen of observations)
      if (seen.kind === 'registry') newest.set(`${seen.registry} ${seen.origin.source}`, later(newest, seen));
  const known = [...newest].toSorted(([a], [b]) => byText(a, b)).map(([, seen]) => toLine(seen));
  return known.length === 0 ? {} : { registries: known };
}

/** An account grows from round to round; of one recording the last is the largest. */
function later(newest: ReadonlyMap<string, RegistryAccount>, seen: RegistryAccount): RegistryAccount {
  const before = newest.get(`${seen.registry} ${seen.origin.source}`);
  return before && `${before.at} ${rank(before)}` > `${seen.at} ${rank(seen)}` ? before : seen;
}

function rank({ requests }: RegistryAccount): string {
  return String(requests).padStart(12, '0');
}

function toLine({ registry, requests, foreseen, most, skewMs, withoutTls }: RegistryAccount): NonNullable<Report['registries']>[number] {
  return {
    registry,
    requests,
    ...(foreseen === undefined ? {} : { foreseen }),
    ...(most === undefined ? {} : { most }),
    ...(skewMs === undefined ? {} : { skewMs }),
    ...(withoutTls ? { withoutTls } : {}),
  };
}

/** One line for each registry: what reading it took, of how much, how its clock stands, and that it was asked without TLS. */
export function tellRegistries({ registries = [] }: Report): string[] {
  return registries.map(({ registry, requests, foreseen, most, skewMs, withoutTls }) =>
    [
      `registry ${registry}: ${countOf(requests, 'request')}`,
      ...(foreseen === undefined ? [] : [`about ${foreseen} foreseen`]),
      ...(most === undefined ? [] : [`at most ${most} allowed`]),
      ...tellSkew(skewMs),
      ...(withoutTls ? ['asked without TLS'] : []),
    ].join(', '),
  );
}
