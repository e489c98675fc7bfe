import { useState } from 'react';
import { internalPath, useSearch } from '../app/router';

/** The page that wanted a second step first, and sent the person here to set it up; empty: none. */
export function useWayBack(): string {
  const [parameters] = useSearch();
  const [next] = useState(() => internalPath(parameters.get('next'), ''));
  return next;
}
