import { play } from './play.ts';

/** Plays the story once, on the servers of the folder that LIVE_STATE names, before any test asks them. */
export default async function setup(): Promise<void> {
  const { LIVE_STATE } = process.env;
  if (!LIVE_STATE) throw new TypeError('LIVE_STATE names no folder: run `test/live/servers.sh start FOLDER`, then set LIVE_STATE=FOLDER');
  await play(LIVE_STATE);
}
