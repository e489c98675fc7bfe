import { isProblem } from '../api';
import { explain } from './Banner';

/** What the server said of one member of the form, for the field to show. */
export function errorFor(error: unknown, member: string): string | undefined {
  return isProblem(error) && error.members.member === member ? explain(error) : undefined;
}

/** An error that no field shows, for a banner above the form; undefined: there is none. */
export function errorBeside(error: unknown, members: readonly string[]): unknown {
  return members.some((member) => errorFor(error, member) !== undefined) ? undefined : error;
}
