import type { ReactNode } from 'react';
import { lacksSecondStep, useSignedIn } from '../app/session';
import { strings } from '../strings';
import { Banner, Card, LinkButton, Page } from '../ui';
import { PasskeysCard } from './PasskeysCard';
import { PasswordCard } from './PasswordCard';
import { SecondStepCard } from './SecondStepCard';
import { SessionsCard } from './SessionsCard';
import { useWayBack } from './wayBack';

const s = strings.security;

export default function SecurityPage(): ReactNode {
  const missing = lacksSecondStep(useSignedIn());
  const back = useWayBack();
  return (
    <Page title={s.title} description={s.description}>
      {missing && (
        <Banner tone="warning" title={s.secondStepMissing}>
          {s.secondStepMissingHelp}
        </Banner>
      )}
      {!missing && back !== '' && (
        <Banner
          tone="success"
          title={s.secondStepReady}
          action={
            <LinkButton href={back} variant="primary">
              {s.secondStepGoOn}
            </LinkButton>
          }
        >
          {s.secondStepReadyHelp}
        </Banner>
      )}
      <Card
        title={s.credentials}
        description={s.credentialsHelp}
        action={
          <LinkButton href="/settings/security/api-tokens" icon="key">
            {s.manageTokens}
          </LinkButton>
        }
        bare
      />
      <PasswordCard />
      <SecondStepCard />
      <PasskeysCard />
      <SessionsCard />
    </Page>
  );
}
