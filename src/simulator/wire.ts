/**
 * What the simulator sends, as the official SDK's models name it (checked by the compiler in the contract tests).
 * Times are ISO-8601 text; a field that does not apply is left out.
 */
export interface NamedRef {
  readonly id: string;
  readonly name?: string;
}

export interface WireMessageDetails {
  readonly messageId: string;
  readonly messageTime: string;
  readonly messageStatus: string;
}

/** A participant of `GET /api/v2/conversations/messages/{id}`. */
export interface WireMediaParticipant {
  readonly id: string;
  readonly purpose: string;
  readonly state: string;
  readonly direction: string;
  readonly startTime: string;
  readonly connectedTime?: string;
  readonly endTime?: string;
  readonly disconnectType?: string;
  readonly provider: string;
  readonly type: string;
  readonly user?: NamedRef;
  readonly queue?: NamedRef;
  readonly wrapupRequired: boolean;
  readonly startAcwTime?: string;
  readonly endAcwTime?: string;
  readonly parkTime?: string;
  readonly resumeTime?: string;
  readonly messages: WireMessageDetails[];
}

export interface WireDivisionMembership {
  readonly division: NamedRef;
  readonly entities: { readonly id: string }[];
}

/** Answer of `GET /api/v2/conversations/messages/{id}`: no state, start or end at the top. */
export interface WireMessageConversation {
  readonly id: string;
  readonly participants: WireMediaParticipant[];
  readonly inactivityTimeout?: string;
  readonly divisions: WireDivisionMembership[];
  readonly selfUri: string;
}

/** The messaging part of a participant in the answer to a PATCH. */
interface WireMessage {
  readonly id: string;
  readonly state: string;
  readonly direction: string;
  readonly provider: string;
  readonly type: string;
  readonly connectedTime?: string;
  readonly disconnectedTime?: string;
  readonly disconnectType?: string;
  readonly messages: WireMessageDetails[];
}

export interface WireParticipant {
  readonly id: string;
  readonly purpose: string;
  readonly startTime: string;
  readonly connectedTime?: string;
  readonly endTime?: string;
  readonly userId?: string;
  readonly queueId?: string;
  readonly queueName?: string;
  readonly wrapupRequired: boolean;
  readonly startAcwTime?: string;
  readonly endAcwTime?: string;
  readonly messages: WireMessage[];
}

/** Answer of `PATCH /api/v2/conversations/messages/{id}`. */
export interface WireConversation {
  readonly id: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly participants: WireParticipant[];
  readonly divisions: WireDivisionMembership[];
  readonly inactivityTimeout?: string;
  readonly selfUri: string;
}

export interface WireAnalyticsSegment {
  readonly segmentType: string;
  readonly segmentStart: string;
  readonly segmentEnd?: string;
  readonly disconnectType?: string;
  readonly queueId?: string;
}

export interface WireAnalyticsConversation {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd?: string;
  readonly inactivityTimeout?: string;
  readonly originatingDirection: string;
  readonly divisionIds: string[];
  readonly participants: {
    readonly participantId: string;
    readonly purpose: string;
    readonly userId?: string;
    readonly sessions: {
      readonly sessionId: string;
      readonly mediaType: string;
      readonly messageType: string;
      readonly direction: string;
      readonly segments: WireAnalyticsSegment[];
    }[];
  }[];
}

/** Answer of `GET /api/v2/analytics/conversations/details?id=…`. */
export interface WireAnalyticsDetails {
  readonly conversations: WireAnalyticsConversation[];
}

/** Answer of `POST /api/v2/analytics/conversations/details/query`. */
export interface WireAnalyticsQueryReply {
  readonly conversations: WireAnalyticsConversation[];
  readonly totalHits: number;
}

export interface WireTokenInfo {
  readonly organization: { readonly id: string; readonly name: string };
  readonly authorizedScope: string[];
  readonly OAuthClient: {
    readonly id: string;
    readonly name: string;
    readonly authorizedGrantType: string;
    readonly organization: { readonly id: string; readonly name: string };
  };
}

export interface WireOrganization {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly selfUri: string;
}

export interface WireErrorBody {
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly contextId: string;
  readonly messageWithParams: string;
  readonly messageParams: { [name: string]: string };
  readonly details: { readonly errorCode: string; readonly fieldName: string }[];
  readonly errors: WireErrorBody[];
}
