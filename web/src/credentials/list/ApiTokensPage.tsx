import type { ReactNode } from 'react';
import { CredentialListPage } from './CredentialListPage';

export default function ApiTokensPage(): ReactNode {
  return <CredentialListPage key="api-token" kind="api-token" />;
}
