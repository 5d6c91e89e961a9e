/** As Node gives them: names in lower case. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The one value of a header; null where it is missing or there are several, of which none can be trusted. */
export function headerOf(headers: WebhookHeaders, name: string): string | null {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.length === 1 ? String(value[0]) : null;
}
