import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Button, Dialog } from '../ui';

export interface Question {
  title: string;
  text: string;
  leave: string;
  stay: string;
}

/** A question with two answers, as a promise: true is `leave`. Place `dialog` somewhere. */
export function useAsk(question: Question): { ask: () => Promise<boolean>; dialog: ReactNode } {
  const [open, setOpen] = useState(false);
  const answer = useRef<(leave: boolean) => void>(() => undefined);

  const ask = useCallback(() => {
    setOpen(true);
    return new Promise<boolean>((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const close = (leave: boolean) => {
    setOpen(false);
    answer.current(leave);
  };
  const dialog = (
    <Dialog
      title={question.title}
      isOpen={open}
      onClose={() => close(false)}
      role="alertdialog"
      footer={
        <>
          <Button variant="danger-quiet" onPress={() => close(true)}>
            {question.leave}
          </Button>
          <Button variant="primary" autoFocus onPress={() => close(false)}>
            {question.stay}
          </Button>
        </>
      }
    >
      <p>{question.text}</p>
    </Dialog>
  );
  return { ask, dialog };
}
