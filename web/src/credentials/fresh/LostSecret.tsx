import type { ReactNode } from 'react';
import { useAction } from '../../api';
import { navigate } from '../../app/router';
import { strings } from '../../strings';
import { Banner, Button, toast } from '../../ui';
import type { Issued } from '../data';
import type { Target } from '../target';

const words = strings.credentials.fresh;

/** It exists, and nobody holds its secret: the one thing to do is to revoke it. */
export function LostSecret(props: { issued: Issued; hidden: boolean; target: Target }): ReactNode {
  const { issued, hidden, target } = props;
  const action = useAction(async () => {
    await target.revoke(issued.id, words.lostTitle);
    toast(strings.credentials.revoke.done(1));
    void navigate(target.list);
  });
  return (
    <div className="stack">
      <Banner
        tone="warning"
        title={hidden ? words.hiddenTitle : words.lostTitle}
        action={
          <Button variant="danger" pending={action.pending} onPress={() => void action.run()}>
            {words.lostRevoke}
          </Button>
        }
      >
        {hidden ? words.hidden : words.lost}
      </Banner>
      {action.error !== undefined && <Banner tone="danger" error={action.error} />}
    </div>
  );
}
