import type { ReactNode } from 'react';
import { SkeletonEntries } from '../../ui';

export function ListSkeleton(): ReactNode {
  return (
    <div className="list-skeleton">
      <SkeletonEntries count={8} />
    </div>
  );
}
