import type { ComponentType } from 'react';
import { adminRoutes } from '../admin/routes';
import { credentialRoutes } from '../credentials/routes';

export interface Route {
  path: string;
  /** Who sees it: everybody, whoever is signed in, administrators. */
  audience: 'everybody' | 'signed-in' | 'administrators';
  /** What stands around it. */
  frame: 'plain' | 'settings' | 'admin';
  load: () => Promise<{ default: ComponentType }>;
}

const page = (
  path: string,
  audience: Route['audience'],
  frame: Route['frame'],
  load: Route['load'],
): Route => ({ path, audience, frame, load });

/** Every page; each is loaded when it is first opened. */
export const routes: readonly Route[] = [
  page('/login', 'everybody', 'plain', () => import('../signin/LoginPage')),
  page('/login/second-step', 'everybody', 'plain', () => import('../signin/LoginPage')),
  page('/login/forgotten', 'everybody', 'plain', () => import('../signin/ForgottenPage')),
  page('/link', 'everybody', 'plain', () => import('../signin/LinkPage')),
  page('/settings/profile', 'signed-in', 'settings', () => import('../settings/ProfilePage')),
  page('/settings/security', 'signed-in', 'settings', () => import('../security/SecurityPage')),
  ...credentialRoutes,
  ...adminRoutes,
];

/** Addresses that lead to another page. */
export const redirects: Readonly<Record<string, string>> = {
  '/': '/settings/security/api-tokens',
  '/settings': '/settings/personal/app-passwords',
  '/settings/personal': '/settings/personal/app-passwords',
  '/settings/account': '/settings/profile',
  '/admin': '/admin/accounts',
};
