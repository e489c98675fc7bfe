// A change log long enough to page through.

const ACTIONS = [
  'credential.issue',
  'credential.revoke',
  'account.create',
  'account.suspend',
  'session.begin',
  'policy.set',
  'credential.rename',
  'sign-in.add-totp',
  // What a newer server may say.
  'thing.done',
];
const SUBJECTS = {
  credential: 'api-token',
  account: 'account',
  session: 'session',
  policy: 'policy',
  thing: 'thing',
  'sign-in': 'sign-in',
};

export function exampleChanges(accounts, now, count) {
  return Array.from({ length: count }, (_, index) => {
    const seq = count - index;
    const action = ACTIONS[(seq * 5) % ACTIONS.length];
    const actor = accounts[seq % 2];
    return {
      seq,
      at: new Date(now - index * 5_400_000).toISOString().replace(/\.\d+Z$/, 'Z'),
      action,
      actor: seq % 11 === 0 ? 'cli:root' : `account:${actor.id}`,
      actor_name: seq % 11 === 0 ? null : actor.username,
      origin: seq % 11 === 0 ? '' : `203.0.113.${seq % 250}`,
      request_id: seq % 11 === 0 ? '' : `r${(seq * 7919).toString(36).padStart(8, '0')}`,
      note: action === 'credential.revoke' ? 'The laptop was lost.' : '',
      subject: {
        kind: SUBJECTS[action.split('.')[0]],
        id: `id${seq * 31}`,
        name: seq % 3 ? null : 'CI: website',
      },
    };
  });
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe. */
const cell = (value) => {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

export function toCsv(changes) {
  const names = ['seq', 'at', 'action', 'actor', 'actor_name', 'origin', 'request_id', 'note'];
  const lines = changes.map((change) => names.map((name) => cell(change[name])).join(','));
  return `${[names.join(','), ...lines].join('\r\n')}\r\n`;
}
