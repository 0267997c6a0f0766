import { homedir } from 'node:os';

/** The user's home, from the environment given, so that a test can have one of its own. */
export function homeFolder(environment: NodeJS.ProcessEnv): string {
  return environment['HOME'] || environment['USERPROFILE'] || homedir();
}
