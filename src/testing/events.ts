import type { GapReason, TestRecord, Vouchable } from '../domain/observation.ts';

/** `environment/name`. */
export type Place = `${string}/${string}`;

/** What a build is said to be like another in: all that the two images share. */
export type Likeness = 'metadata' | 'labels' | 'runtime-config' | 'base' | 'bytes';

export type Build = Readonly<{
  run: string;
  attempt?: number;
  commit: string;
  /** A letter for the base image; X where nothing is said. */
  base?: string;
  /** Another image that this one shares its layers with, and what differs all the same. */
  like?: string;
  but?: Likeness;
  platform?: string;
}>;

/** One thing that happened, at a time of day. */
export type Event =
  | Readonly<{ at: string; did: 'build'; image: string; by: Build }>
  | Readonly<{ at: string; did: 'push'; image: string }>
  | Readonly<{ at: string; did: 'test'; image: string; gate: string; result: TestRecord['result'] }>
  | Readonly<{ at: string; did: 'index'; image: string; members: readonly string[] }>
  | Readonly<{ at: string; did: 'deploy'; image: string; to: Place; platform: string }>
  | Readonly<{ at: string; did: 'stop'; to: Place }>
  | Readonly<{ at: string; did: 'record' }>
  | Readonly<{ at: string; did: 'go-blind'; of: Vouchable; because: GapReason }>;

/** An event as a line of an incident report. */
export function tellEvent(event: Event): string {
  switch (event.did) {
    case 'build':
      return `${event.at}  run ${event.by.run} builds ${event.image} from commit ${event.by.commit}${event.by.base ? ` on base ${event.by.base}` : ''}`;
    case 'push':
      return `${event.at}  somebody pushes ${event.image} by hand`;
    case 'index':
      return `${event.at}  index ${event.image} is pushed with ${event.members.join(', ')}`;
    case 'test':
      return `${event.at}  gate ${event.gate} ${event.result} on ${event.image}`;
    case 'deploy':
      return `${event.at}  ${event.to} runs ${event.image} on ${event.platform}`;
    case 'stop':
      return `${event.at}  ${event.to} is gone`;
    case 'record':
      return `${event.at}  a recording is taken`;
    case 'go-blind':
      return `${event.at}  not every ${event.of} can be seen: ${event.because}`;
  }
}
