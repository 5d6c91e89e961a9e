const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A Genesys conversation id in its one canonical form, a lower-case UUID; null when the text is not one.
 * Everything that reaches a URL or a statement has passed here first.
 */
export function parseConversationId(text: string): string | null {
  const id = text.trim().toLowerCase();
  return UUID.test(id) ? id : null;
}
