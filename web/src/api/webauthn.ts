// Passkeys and security keys, between the JSON of the API and the browser's objects (WebAuthn level 3
// has the same form: bytes as base64url).

import { api } from './client';

const toText = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );

interface CredentialName {
  type: 'public-key';
  id: string;
  transports?: AuthenticatorTransport[];
}

export interface RequestOptionsJson {
  challenge: string;
  rpId?: string;
  timeout?: number;
  userVerification?: UserVerificationRequirement;
  allowCredentials?: CredentialName[];
}

export interface CreationOptionsJson {
  challenge: string;
  rp: PublicKeyCredentialRpEntity;
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: PublicKeyCredentialParameters[];
  timeout?: number;
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  excludeCredentials?: CredentialName[];
  attestation?: AttestationConveyancePreference;
}

/** The person closed the browser's dialog, or nothing fitting was there; the browser says no more. */
export class PasskeyRefused extends Error {
  override name = 'PasskeyRefused';
}

export const hasPasskeys = (): boolean =>
  typeof window.PublicKeyCredential === 'function' && navigator.credentials !== undefined;

const named = (names: CredentialName[] | undefined): PublicKeyCredentialDescriptor[] =>
  (names ?? []).map((name) => ({ ...name, id: toBytes(name.id) }));

async function ask(work: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await work();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  throw new PasskeyRefused();
}

const head = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
});

/** Lets the browser sign with a passkey; returns what /session/passkey takes as `credential`. */
export async function signWithPasskey() {
  const { publicKey } = await api.post<{ publicKey: RequestOptionsJson }>(
    '/api/v1/session/passkey-options',
    {},
    { interactive: false },
  );
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        allowCredentials: named(publicKey.allowCredentials),
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...head(credential),
    response: {
      authenticatorData: toText(response.authenticatorData),
      clientDataJSON: toText(response.clientDataJSON),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
}

/** Lets the browser make a passkey; returns what /me/passkeys takes as `credential`. */
export async function makePasskey(publicKey: CreationOptionsJson) {
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
        excludeCredentials: named(publicKey.excludeCredentials),
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...head(credential),
    response: {
      attestationObject: toText(response.attestationObject),
      clientDataJSON: toText(response.clientDataJSON),
      transports: response.getTransports?.() ?? [],
    },
  };
}
