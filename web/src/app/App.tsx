import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useMemo } from 'react';
import { I18nProvider, RouterProvider } from 'react-aria-components';
import { Gates } from '../signin/Gates';
import { strings } from '../strings';
import { Banner, ConnectionBanner, PageSkeleton, ToastRegion } from '../ui';
import { ErrorBoundary } from './ErrorBoundary';
import { AdminFrame, PlainFrame, SettingsFrame } from './frames';
import {
  NotForYouPage,
  NotFoundPage,
  SECOND_STEP_PLACE,
  SecondStepFirstPage,
} from './NotFoundPage';
import { match, navigate, ParametersProvider, usePlace } from './router';
import { type Route, redirects, routes } from './routes';
import { lacksSecondStep, SessionProvider, useSession } from './session';

const components = new Map<Route['load'], ComponentType>();

function componentOf(route: Route): ComponentType {
  const known = components.get(route.load);
  if (known) return known;
  const component = lazy(route.load);
  components.set(route.load, component);
  return component;
}

const frames = { plain: PlainFrame, settings: SettingsFrame, admin: AdminFrame };

function find(path: string) {
  for (const route of routes) {
    const parameters = match(route.path, path);
    if (parameters) return { route, parameters };
  }
  return undefined;
}

function Redirect(props: { to: string }): ReactNode {
  useEffect(() => void navigate(props.to, { replace: true }), [props.to]);
  return null;
}

function Current(): ReactNode {
  const { path, search, step } = usePlace();
  const session = useSession();
  const found = useMemo(() => find(path), [path]);
  const known = session.current;

  const target = redirects[path.length > 1 ? path.replace(/\/+$/, '') : path];
  if (target) return <Redirect to={target} />;
  if (found === undefined) {
    return (
      <PlainFrame>
        <NotFoundPage />
      </PlainFrame>
    );
  }
  const { route, parameters } = found;
  const Frame = frames[route.frame];
  if (known === undefined) {
    return (
      <Frame>
        {session.error ? <Banner tone="danger" error={session.error} /> : <PageSkeleton />}
      </Frame>
    );
  }
  if (route.audience !== 'everybody' && !known.signed_in) {
    return <Redirect to={`/login?next=${encodeURIComponent(path + search)}`} />;
  }
  if (route.audience === 'administrators' && known.signed_in && !known.account.admin) {
    return (
      <Frame>
        <NotForYouPage />
      </Frame>
    );
  }
  const closed = known.signed_in && route.audience !== 'everybody' && lacksSecondStep(known);
  if (closed && route.path !== SECOND_STEP_PLACE) {
    return (
      <Frame>
        <SecondStepFirstPage />
      </Frame>
    );
  }
  const Page = componentOf(route);
  return (
    <Frame>
      <ErrorBoundary key={step}>
        <Suspense fallback={<PageSkeleton />}>
          <ParametersProvider value={parameters}>
            <Page />
          </ParametersProvider>
        </Suspense>
      </ErrorBoundary>
    </Frame>
  );
}

/** Without changing the address: it would be a place to come back to. */
function skipToContent(): void {
  document.getElementById('main')?.focus();
}

export function App(): ReactNode {
  return (
    <I18nProvider locale="en-GB">
      <RouterProvider navigate={(to) => void navigate(to)}>
        <SessionProvider>
          <button type="button" className="skip-link" onClick={skipToContent}>
            {strings.common.skipToContent}
          </button>
          <ConnectionBanner />
          <Current />
          <Gates />
          <ToastRegion />
        </SessionProvider>
      </RouterProvider>
    </I18nProvider>
  );
}
