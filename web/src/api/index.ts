export { api, type RequestOptions, setGate } from './client';
export { connection } from './connection';
export { Cancelled, ConnectionLost, isProblem, isSilent, Problem } from './problem';
export { readSignInOffer } from './signInOffer';
export type * from './types';
export { type Action, type Resource, useAction, useResource } from './useResource';
export {
  type CreationOptionsJson,
  hasPasskeys,
  makePasskey,
  PasskeyRefused,
  signWithPasskey,
} from './webauthn';
