import type { Models } from 'purecloud-platform-client-v2';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { errorBody } from '../../src/genesys/reply-errors.ts';
import {
  analyticsDetails,
  analyticsEntry,
  analyticsQueryReply,
  closeReply,
  messageConversation,
  organization,
  tokenOwner,
} from '../../src/genesys/wire.ts';
import { analyticsConversation } from '../../src/simulator/analytics-view.ts';
import type { Call } from '../../src/simulator/call.ts';
import { resolveOptions } from '../../src/simulator/options.ts';
import * as routes from '../../src/simulator/other-routes.ts';
import { patchedConversation, messageConversation as shown } from '../../src/simulator/platform-view.ts';
import { population } from '../../src/simulator/population.ts';
import { missingPermission } from '../../src/simulator/reply.ts';
import { NOW } from './official-client.ts';

/**
 * `true` when every field that `Mine` reads, at any depth, exists in `Theirs` with a type that `Mine` takes; else the
 * path of one that does not. Which fields may be missing is not compared: in the SDK's models all may.
 */
type Reads<Mine, Theirs, Path extends string = ''> = unknown extends Mine
  ? true
  : Mine extends readonly (infer MyItem)[]
    ? Theirs extends readonly (infer TheirItem)[]
      ? Reads<NonNullable<MyItem>, NonNullable<TheirItem>, `${Path}[]`>
      : `${Path} is not a list`
    : Mine extends object
      ? string extends keyof Mine
        ? Theirs extends Mine
          ? true
          : `${Path} is another kind of dictionary`
        : {
            [Key in keyof Mine & string]-?: Key extends keyof Theirs
              ? Reads<NonNullable<Mine[Key]>, NonNullable<Theirs[Key]>, `${Path}.${Key}`>
              : `${Path}.${Key} does not exist`;
          }[keyof Mine & string]
      : Theirs extends Mine
        ? true
        : `${Path} has another type`;

const received = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('what the client reads has the names and types of the official models', () => {
  const records = population(1, 100, NOW);

  it('in a conversation', () => {
    expectTypeOf<
      Reads<z.input<typeof messageConversation>, Models.MessageConversation>
    >().toEqualTypeOf<true>();
    const official: Models.MessageConversation[] = records.map(shown);
    for (const one of official) {
      const read = messageConversation.parse(received(one));
      expect(read.participants).toHaveLength(one.participants?.length ?? 0);
    }
  });

  it('in the answer to a close', () => {
    expectTypeOf<Reads<z.input<typeof closeReply>, Models.Conversation>>().toEqualTypeOf<true>();
    const official: Models.Conversation[] = records.map(patchedConversation);
    for (const one of official) {
      expect(closeReply.parse(received(one)).endTime).toBe(one.endTime ? Date.parse(one.endTime) : null);
    }
  });

  it('in analytics', () => {
    type Official = Models.AnalyticsConversationWithoutAttributesMultiGetResponse;
    expectTypeOf<Reads<z.input<typeof analyticsDetails>, Official>>().toEqualTypeOf<true>();
    const official: Official = {
      conversations: records.flatMap((one) => analyticsConversation(one, NOW) ?? []),
    };
    const read = analyticsDetails.parse(received(official));
    expect(read.conversations?.map(({ conversationId }) => conversationId)).toEqual(
      official.conversations?.map(({ conversationId }) => conversationId),
    );
  });

  it('in a query of analytics, entry by entry', () => {
    type Official = Models.AnalyticsConversationQueryResponse;
    type Entry = Models.AnalyticsConversationWithoutAttributes;
    expectTypeOf<Reads<z.input<typeof analyticsQueryReply>, Official>>().toEqualTypeOf<true>();
    expectTypeOf<Reads<z.input<typeof analyticsEntry>, Entry>>().toEqualTypeOf<true>();
    const official: Official = {
      conversations: records.flatMap((one) => analyticsConversation(one, NOW) ?? []),
      totalHits: 100,
    };
    const { conversations, totalHits } = analyticsQueryReply.parse(received(official));
    expect(totalHits).toBe(100);
    const read = (conversations ?? []).map((entry) => analyticsEntry.parse(entry).conversationId);
    expect(read).toEqual(official.conversations?.map(({ conversationId }) => conversationId));
  });

  it('in an error', () => {
    expectTypeOf<Reads<z.input<typeof errorBody>, Models.ErrorBody>>().toEqualTypeOf<true>();
    const official: Models.ErrorBody = JSON.parse(missingPermission('a:b:view').toReply('context').body);
    expect(errorBody.parse(official)).toEqual({
      code: 'missing.permissions',
      contextId: 'context',
      messageParams: { permissions: 'a:b:view' },
    });
  });

  it('in what is told about the token and the organisation', () => {
    expectTypeOf<Reads<z.input<typeof tokenOwner>, Models.TokenInfo>>().toEqualTypeOf<true>();
    expectTypeOf<Reads<z.input<typeof organization>, Models.Organization>>().toEqualTypeOf<true>();
    const call = { options: resolveOptions({ now: () => NOW }) } as Call;
    const token: Models.TokenInfo = JSON.parse(routes.tokenInfo(call).body);
    const whole: Models.Organization = JSON.parse(routes.organization(call).body);
    expect(tokenOwner.parse(token).organization).toEqual(organization.parse(whole));
    expect(tokenOwner.parse(token).OAuthClient?.name).toBe('Simulated client');
  });

  it('or else does not compile: a renamed field, at any depth, and a changed type are noticed', () => {
    type Renamed = Reads<{ ident?: string | null }, Models.MessageConversation>;
    type Deep = Reads<
      { participants: { messages?: { time?: string }[] | null }[] },
      Models.MessageConversation
    >;
    type Changed = Reads<{ endTime?: number }, Models.Conversation>;
    type NoList = Reads<{ id: string[] }, Models.Conversation>;
    const noticed: [Renamed, Deep, Changed, NoList] = [
      '.ident does not exist',
      '.participants[].messages[].time does not exist',
      '.endTime has another type',
      '.id is not a list',
    ];
    expect(noticed).not.toContain(true);
  });
});
