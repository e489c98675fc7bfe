import type { ReactNode } from 'react';
import { type IconName, icons } from './icons';

export function Icon(props: { name: IconName; size?: number }): ReactNode {
  const Drawing = icons[props.name];
  return <Drawing size={props.size ?? 16} strokeWidth={1.9} aria-hidden="true" />;
}
