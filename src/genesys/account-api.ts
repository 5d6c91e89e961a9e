import type { z } from 'zod';
import { ApiError } from '../domain/errors.ts';
import type { CallContext, Organization } from '../sweep/ports.ts';
import type { Operation, Send } from './request.ts';
import { ROUTES } from './routes.ts';
import { organization, problemOf, tokenOwner } from './wire.ts';

/** Who the token belongs to. */
export interface TokenOwner {
  readonly organization: Organization;
  readonly client: string | null;
}

/** What can be asked about the client itself. All methods throw ApiError, AuthError and UnavailableError. */
export interface AccountApi {
  tokenOwner(context: CallContext): Promise<TokenOwner>;
  organization(context: CallContext): Promise<Organization>;
}

const TOKEN: Operation = {
  what: 'asking whose token this is',
  counts: null,
  permission: null,
  repeatable: true,
  optional: false,
  priority: 'first',
};
const ORGANIZATION: Operation = { ...TOKEN, what: 'asking for the organisation' };

export function createAccountApi(send: Send): AccountApi {
  async function ask<T>(
    operation: Operation,
    route: string,
    schema: z.ZodType<T>,
    context: CallContext,
  ): Promise<T> {
    const json = await send({ operation, method: 'GET', route, path: route, body: null }, context);
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new ApiError(
      `${operation.what} was answered with something else (${problemOf(parsed.error)}); check that GENESYS_API_URL is that of Genesys Cloud`,
      {
        failure: 'not_json',
        status: context.trace.httpStatus,
        correlationId: context.trace.correlationId,
      },
    );
  }

  return {
    tokenOwner: async (context) => {
      const owner = await ask(TOKEN, ROUTES.tokenOwner, tokenOwner, context);
      return { organization: owner.organization, client: owner.OAuthClient?.name ?? null };
    },
    organization: (context) => ask(ORGANIZATION, ROUTES.organization, organization, context),
  };
}
