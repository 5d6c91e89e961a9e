const PREFIX = 'discovered:';

/**
 * The session of a conversation of which nobody has told us the session: Genesys knows it, the user's own system does
 * not, or has not said so yet. Made from the id alone, so that discovering it again changes nothing.
 */
export function discoveredSession(conversationId: string): string {
  return PREFIX + conversationId;
}

/** Whether it stands for a session that nobody knows; any real one takes its place. */
export function isDiscoveredSession(sessionId: string): boolean {
  return sessionId.startsWith(PREFIX);
}
