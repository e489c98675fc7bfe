import type { Route } from '../app/routes';

const page = (path: string, load: Route['load']): Route => ({
  path,
  audience: 'signed-in',
  frame: 'settings',
  load,
});

export const credentialRoutes: readonly Route[] = [
  page('/settings/security/api-tokens', () => import('./list/ApiTokensPage')),
  page('/settings/security/api-tokens/new', () => import('./wizard/TokenWizardPage')),
  page('/settings/personal/app-passwords', () => import('./list/AppPasswordsPage')),
  page('/settings/personal/app-passwords/new', () => import('./passwords/NewAppPasswordPage')),
];
