import { Component, type ReactNode } from 'react';
import { strings } from '../strings';
import { Banner, Button } from '../ui';

/** A page that fails says so, in its place; the frame around it goes on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Banner
        tone="danger"
        title={strings.common.pageFailed}
        action={<Button onPress={() => location.reload()}>{strings.common.reload}</Button>}
      >
        {strings.common.pageFailedHelp}
      </Banner>
    );
  }
}
