import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Banner, LinkButton, Page } from '../ui';
import { usePlace } from './router';

/** Where a second step is set up. */
export const SECOND_STEP_PLACE = '/settings/security';

export function NotFoundPage(): ReactNode {
  return (
    <Page title={strings.common.notFound} description={strings.common.notFoundHelp}>
      <LinkButton href="/">{strings.common.toSettings}</LinkButton>
    </Page>
  );
}

/** In place of a page that the server would refuse: the one thing to do, and where; that page leads back. */
export function SecondStepFirstPage(): ReactNode {
  const { path, search } = usePlace();
  return (
    <Page title={strings.security.secondStepFirst}>
      <Banner
        tone="warning"
        title={strings.security.secondStepMissing}
        action={
          <LinkButton
            href={`${SECOND_STEP_PLACE}?next=${encodeURIComponent(path + search)}`}
            variant="primary"
            icon="shield"
          >
            {strings.security.setUpSecondStep}
          </LinkButton>
        }
      >
        {strings.security.secondStepMissingHelp}
      </Banner>
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
