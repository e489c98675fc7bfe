import type { ReactNode } from 'react';
import { strings } from '../strings';
import { LinkButton, Page } from '../ui';

export function NotFoundPage(): ReactNode {
  return (
    <Page title={strings.common.notFound} description={strings.common.notFoundHelp}>
      <LinkButton href="/">{strings.common.toSettings}</LinkButton>
    </Page>
  );
}

export function NotForYouPage(): ReactNode {
  return (
    <Page title={strings.common.notForYou} description={strings.common.notForYouHelp}>
      <LinkButton href="/">{strings.common.toSettings}</LinkButton>
    </Page>
  );
}
