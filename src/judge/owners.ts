import { matches } from '../domain/glob.ts';
import { isPlacedIn } from '../domain/place.ts';
import type { Plan, Team } from '../domain/plan.ts';
import type { Row } from '../inventory/row.ts';

/** The first team of a plan that owns a row, as a report has it; nothing where nobody does. */
export function ownedBy(row: Row, { teams }: Plan): Readonly<{ owner?: string }> {
  const team = teams.find((one) => owns(one, row));
  return team ? { owner: team.name } : {};
}

/** The first team that a place in a file of a repository names, as a report has it; what lies in files has no image and no label. */
export function ownerOfFile(place: string, { teams }: Plan): Readonly<{ owner?: string }> {
  const team = teams.find(({ where }) => where.some((pattern) => isPlacedIn(place, pattern)));
  return team ? { owner: team.name } : {};
}

function owns({ where, images, labels }: Team, row: Row): boolean {
  if (where.some((place) => isPlacedIn(row.where, place)) || images.some((pattern) => matches(pattern, row.line))) return true;
  const wanted = Object.entries(labels);
  // What was injected into the workloads of several teams is nobody's by their labels.
  return wanted.length > 0 && row.running.every((image) => wanted.every(([key, value]) => image.labels[key] === value));
}
