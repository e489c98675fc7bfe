import type { Route } from '../app/routes';

const page = (path: string, load: Route['load']): Route => ({
  path: `/admin/${path}`,
  audience: 'administrators',
  frame: 'admin',
  load,
});

const servicePages = () => import('./ServiceCredentialPages');

export const adminRoutes: readonly Route[] = [
  page('accounts', () => import('./AccountsPage')),
  page('service-accounts', () => import('./ServiceAccountsPage')),
  page('service-accounts/:id', () => import('./ServiceAccountPage')),
  page('service-accounts/:id/new-token', async () => ({
    default: (await servicePages()).ServiceTokenPage,
  })),
  page('service-accounts/:id/new-app-password', async () => ({
    default: (await servicePages()).ServicePasswordPage,
  })),
  page('credentials', () => import('./CredentialsPage')),
  page('policies', () => import('./PoliciesPage')),
  page('audit', () => import('./AuditPage')),
  page('apps', () => import('./AppsPage')),
  page('health', () => import('./HealthPage')),
];
