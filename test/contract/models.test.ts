import type { Models } from 'purecloud-platform-client-v2';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { openQuery } from '../../src/genesys/discover-api.ts';
import { analyticsConversation } from '../../src/simulator/analytics-view.ts';
import type { Call } from '../../src/simulator/call.ts';
import { resolveOptions } from '../../src/simulator/options.ts';
import { organization, tokenInfo } from '../../src/simulator/other-routes.ts';
import { messageConversation, patchedConversation } from '../../src/simulator/platform-view.ts';
import { population } from '../../src/simulator/population.ts';
import { missingPermission } from '../../src/simulator/reply.ts';
import type {
  WireAnalyticsDetails,
  WireAnalyticsQueryReply,
  WireConversation,
  WireErrorBody,
  WireMessageConversation,
  WireOrganization,
  WireTokenInfo,
} from '../../src/simulator/wire.ts';
import { NOW } from './official-client.ts';

/**
 * `true` when every field of `Mine`, at any depth, exists in `Theirs` and can be assigned to it; else the path of
 * one that does not. Plain assignability is not enough: all fields of the SDK's models are optional, so a renamed
 * one would pass.
 */
type Conforms<Mine, Theirs, Path extends string = ''> = Mine extends readonly (infer MyItem)[]
  ? Theirs extends readonly (infer TheirItem)[]
    ? Conforms<MyItem, NonNullable<TheirItem>, `${Path}[]`>
    : `${Path} is not a list`
  : Mine extends object
    ? string extends keyof Mine
      ? Mine extends Theirs
        ? true
        : `${Path} is another kind of dictionary`
      : {
          [Key in keyof Mine & string]-?: Key extends keyof Theirs
            ? Conforms<NonNullable<Mine[Key]>, NonNullable<Theirs[Key]>, `${Path}.${Key}`>
            : `${Path}.${Key} does not exist`;
        }[keyof Mine & string]
    : Mine extends Theirs
      ? true
      : `${Path} has another type`;

const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value));

it('what the client asks of analytics has the names and types of the official query', () => {
  expectTypeOf<Conforms<ReturnType<typeof openQuery>, Models.ConversationQuery>>().toEqualTypeOf<true>();
  const asked: Models.ConversationQuery = openQuery({
    period: { since: NOW - 1, until: NOW },
    wanted: { messageTypes: ['webmessaging', 'open'], queueIds: ['q'], userIds: [] },
    page: { number: 2, size: 100 },
    divisible: true,
  });
  const matches = (dimension: string, value: string) => ({
    type: 'dimension',
    dimension,
    operator: 'matches',
    value,
  });
  expect(sent(asked)).toStrictEqual({
    interval: '2026-01-15T01:59:59.999Z/2026-01-15T02:00:00.000Z',
    order: 'asc',
    orderBy: 'conversationStart',
    conversationFilters: [
      {
        type: 'and',
        predicates: [{ type: 'dimension', dimension: 'conversationEnd', operator: 'notExists' }],
      },
    ],
    segmentFilters: [
      { type: 'or', predicates: [matches('mediaType', 'message')] },
      { type: 'or', predicates: [matches('messageType', 'webmessaging'), matches('messageType', 'open')] },
      { type: 'or', predicates: [matches('queueId', 'q')] },
    ],
    paging: { pageSize: 100, pageNumber: 2 },
  });
});

describe('what the simulator sends has the names and types of the official models', () => {
  const records = population(1, 200, NOW);

  it('in a read', () => {
    expectTypeOf<Conforms<WireMessageConversation, Models.MessageConversation>>().toEqualTypeOf<true>();
    const shown: Models.MessageConversation[] = records.map(messageConversation);
    expect(sent(shown)).toStrictEqual(shown);
  });

  it('in the answer to a close', () => {
    expectTypeOf<Conforms<WireConversation, Models.Conversation>>().toEqualTypeOf<true>();
    const shown: Models.Conversation[] = records.map(patchedConversation);
    expect(sent(shown)).toStrictEqual(shown);
  });

  it('in analytics', () => {
    type Official = Models.AnalyticsConversationWithoutAttributesMultiGetResponse;
    expectTypeOf<Conforms<WireAnalyticsDetails, Official>>().toEqualTypeOf<true>();
    const conversations = records.flatMap((record) => analyticsConversation(record, NOW) ?? []);
    const shown: Official = { conversations };
    expect(conversations.length).toBe(200);
    expect(sent(shown)).toStrictEqual(shown);
  });

  it('in a query of analytics', () => {
    type Official = Models.AnalyticsConversationQueryResponse;
    expectTypeOf<Conforms<WireAnalyticsQueryReply, Official>>().toEqualTypeOf<true>();
    const conversations = records.flatMap((record) => analyticsConversation(record, NOW) ?? []);
    const shown: Official = { conversations, totalHits: conversations.length };
    expect(sent(shown)).toStrictEqual(shown);
  });

  it('in an error', () => {
    // Its own `errors` hold further error bodies without end, so that field is compared by its name alone.
    expectTypeOf<Conforms<Omit<WireErrorBody, 'errors'>, Models.ErrorBody>>().toEqualTypeOf<true>();
    expectTypeOf<'errors'>().toExtend<keyof Models.ErrorBody>();
    const body: Models.ErrorBody = JSON.parse(missingPermission('a:b:view').toReply('context').body);
    expect(body).toMatchObject({
      status: 403,
      contextId: 'context',
      messageParams: { permissions: 'a:b:view' },
    });
  });

  it('in what it tells about the token and the organisation', () => {
    expectTypeOf<Conforms<WireTokenInfo, Models.TokenInfo>>().toEqualTypeOf<true>();
    expectTypeOf<Conforms<WireOrganization, Models.Organization>>().toEqualTypeOf<true>();
    const call = { options: resolveOptions({ now: () => NOW }) } as Call;
    const token: Models.TokenInfo = JSON.parse(tokenInfo(call).body);
    const whole: Models.Organization = JSON.parse(organization(call).body);
    expect(token.organization?.id).toBe(whole.id);
  });

  it('or else does not compile: a renamed field, at any depth, and a changed type are noticed', () => {
    type Renamed = Conforms<{ ident: string }, Models.Conversation>;
    type Deep = Conforms<{ participants: { messages: { stat: string }[] }[] }, Models.Conversation>;
    type Changed = Conforms<{ id: number }, Models.Conversation>;
    const noticed: [Renamed, Deep, Changed] = [
      '.ident does not exist',
      '.participants[].messages[].stat does not exist',
      '.id has another type',
    ];
    expect(noticed).not.toContain(true);
  });
});
