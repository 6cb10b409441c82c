import { byKey, groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';

/** One line per image line that is built outside this audit, with how it compares with upstream. */
export function tellVendors({ rows }: Pick<Report, 'rows'>): readonly string[] {
  const vendors = rows.filter(({ standing }) => standing.is === 'vendor');
  return [...groupBy(vendors, ({ image }) => image)].toSorted(byKey(([image]) => image)).map(([image, ofLine]) => {
    const parities = [...groupBy(ofLine, ({ parity }) => parity ?? 'not compared')].toSorted(byKey(([parity]) => parity));
    return `vendor: ${image}, ${parities.map(([parity, group]) => `${group.length} ${parity}`).join(', ')}`;
  });
}
