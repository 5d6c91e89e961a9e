import type { AddressInfo } from 'node:net';
import { BlockList, isIPv6 } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { UsageError } from '../domain/errors.ts';

export interface Listening {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Takes no more connections and resolves when everything that came in is answered, or when `abort` says not to wait
   * any longer.
   */
  stop(abort: AbortSignal): Promise<void>;
}

/** @throws UsageError for an address that cannot be listened on */
export async function listen(app: FastifyInstance, address: string, port: number): Promise<Listening> {
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    await app.close();
    throw cannotListen(error, address, port);
  }
  const bound = app.server.address() as AddressInfo;
  const host = isIPv6(bound.address) ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${host}:${bound.port}`,
    host: bound.address,
    port: bound.port,
    stop: async (abort) => {
      const hangUp = () => app.server.closeAllConnections();
      abort.addEventListener('abort', hangUp, { once: true });
      const closed = app.close();
      if (abort.aborted) hangUp();
      await closed;
    },
  };
}

const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; give another --port',
  EACCES: 'that is not permitted; give a --port from 1024',
  EADDRNOTAVAIL: 'this machine has no such address; give another --host',
};

function cannotListen(error: unknown, address: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = SENTENCES[code];
  if (why === undefined) return error;
  return new UsageError(`Port ${port} of ${address} cannot be listened on: ${why}.`, { cause: error });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only programs on this machine can reach the address. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
