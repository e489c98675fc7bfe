import { type ReactNode, useEffect, useRef } from 'react';
import { strings } from '../../strings';
import { Icon } from '../../ui';

const words = strings.credentials.wizard;

/** Where one is in the wizard. Steps that are done can be gone back to. */
export function Steps(props: { step: number; onStep: (step: number) => void }): ReactNode {
  const { step, onStep } = props;
  return (
    <nav aria-label={words.step(step + 1, words.steps.length)}>
      <ol className="wizard-steps">
        {words.steps.map((title, index) => {
          const done = index < step;
          const mark = done ? <Icon name="check" size={13} /> : index + 1;
          const inner = (
            <>
              <span className="wizard-steps-mark" aria-hidden="true">
                {mark}
              </span>
              <span className="wizard-steps-title">{title}</span>
            </>
          );
          return (
            <li
              key={title}
              aria-current={index === step ? 'step' : undefined}
              data-done={done || undefined}
            >
              {done ? (
                <button type="button" onClick={() => onStep(index)}>
                  {inner}
                  <span className="visually-hidden">, {words.stepDone}</span>
                </button>
              ) : (
                <span>{inner}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The heading of a step; takes the focus when the step changes, but not when the page opens. */
export function StepHeading(props: {
  step: number;
  title: string;
  help: string | undefined;
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(props.step);
  useEffect(() => {
    if (first.current === props.step) return;
    first.current = -1;
    heading.current?.focus();
  }, [props.step]);
  return (
    <div>
      <h2 ref={heading} tabIndex={-1}>
        {props.title}
      </h2>
      {props.help && <p className="muted">{props.help}</p>}
    </div>
  );
}
