import type { Context } from './command.ts';

/** What people call this installation: `notify.name`, or else the name of the machine. */
export function nameOf({ config, io }: Context): string {
  return config().config.notify.name ?? io.host;
}
