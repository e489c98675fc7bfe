import type { ReactNode } from 'react';
import { CredentialListPage } from './CredentialListPage';

export default function AppPasswordsPage(): ReactNode {
  return <CredentialListPage key="app-password" kind="app-password" />;
}
