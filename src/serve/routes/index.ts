import type { WebhookIntake } from '../../webhook/accept.ts';
import { openApi } from '../openapi.ts';
import type { Route, RouteDeps } from '../route.ts';
import { closureRoutes } from './closures.ts';
import { type PageDeps, pageRoutes } from './dashboard.ts';
import { holdRoutes } from './hold.ts';
import { mappingRoutes } from './mappings.ts';
import { sessionRoutes } from './sessions.ts';
import { descriptionRoute, statusRoutes } from './status.ts';
import { webhookRoutes } from './webhooks.ts';

/**
 * Everything that is served; the pages for people are in no description for programs.
 *
 * @param others routes of what is mounted beside the record
 */
export function allRoutes(
  deps: RouteDeps,
  webhooks: Pick<WebhookIntake, 'acceptWebhook'>,
  pages: PageDeps,
  version: string,
  others: readonly Route[] = [],
): Route[] {
  const routes: Route[] = [
    ...mappingRoutes(deps),
    ...sessionRoutes(deps),
    ...closureRoutes(deps),
    ...holdRoutes(deps),
    ...webhookRoutes(deps, webhooks),
    ...statusRoutes(deps),
    ...others,
    descriptionRoute(() => description),
  ];
  const description = openApi(routes, version);
  return [...routes, ...pageRoutes(pages)];
}
