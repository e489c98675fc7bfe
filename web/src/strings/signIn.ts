export const signIn = {
  title: 'Sign in',
  user: 'E-mail or username',
  password: 'Password',
  stay: 'Stay signed in on this device',
  stayHelp: 'For 30 days. Leave it off on a device that others use.',
  submit: 'Sign in',
  or: 'or',
  withPasskey: 'Sign in with a passkey',
  withProvider: (title: string) => `Continue with ${title}`,
  forgotten: 'Forgotten password?',
  needUser: 'Enter your e-mail or username.',
  needPassword: 'Enter your password.',
  passkeyFailed: 'No passkey was used. Try again, or sign in with your password.',

  secondTitle: 'Second step',
  secondHelp: 'Your password was right. Now show that it is you.',
  code: 'Code of your authenticator app',
  codeHint: 'Six digits; a new code comes every 30 seconds.',
  needCode: 'Enter the six digits that your app shows now.',
  usePasskey: 'Use a passkey or security key',
  passkeyHelp: 'Your browser asks for the passkey or security key of this account.',
  recoveryCode: 'Recovery code',
  recoveryHint: 'One of the ten codes that you saved, like abcd-efgh-jkmn-pqrs. Each works once.',
  needRecoveryCode: 'Enter one of your recovery codes: 16 letters and digits.',
  verify: 'Continue',
  otherWays: 'Other ways',
  methods: {
    totp: 'Use your authenticator app',
    passkey: 'Use a passkey or security key',
    'recovery-code': 'Use a recovery code',
  },
  startAgain: 'Start again',

  sessionEnded: 'Your session has ended',
  sessionEndedHelp: 'Sign in again to go on. What you typed is still here.',

  confirmTitle: 'Confirm that it is you',
  confirmHelp:
    'Secrets and second steps change only right after a proof. This one is good for 15 minutes.',
  confirm: 'Confirm',
  confirmWith: {
    password: 'Use your password',
    totp: 'Use your authenticator app',
    passkey: 'Use a passkey or security key',
    oidc: 'Sign in again elsewhere',
  },
  confirmElsewhere: (title: string) => `Sign in again with ${title}`,
  confirmElsewhereHelp: 'It opens in a new tab. Come back here when you are done.',
  confirmElsewhereNotYet: 'You are not signed in yet. Finish it in the other tab first.',
  confirmElsewhereDone: 'I have signed in again',

  forgottenTitle: 'Reset your password',
  forgottenHelp:
    'Enter your e-mail or username. If there is such an account, a link goes to its e-mail address.',
  forgottenSubmit: 'Send the link',
  forgottenSent: 'If there is such an account, a link is on its way',
  forgottenSentHelp:
    'It works once, for one hour. If nothing arrives, look into the spam folder, or ask an administrator for a link.',
  forgottenNoMail:
    'This installation sends no mail. Ask an administrator: they can make a link that sets a new password.',
  backToSignIn: 'Back to signing in',

  linkTitles: {
    'set-up': 'Set up Latchkey',
    invitation: 'Welcome to Latchkey',
    'password-reset': 'Choose a new password',
  },
  linkHelp: {
    'set-up': 'Make the first account. It is an administrator and can invite everybody else.',
    invitation: 'Choose a password, and your account is ready.',
    'password-reset':
      'It ends every session of this account. API tokens and app passwords go on working.',
  },
  linkSubmit: {
    'set-up': 'Make the account',
    invitation: 'Set the password and sign in',
    'password-reset': 'Set the password and sign in',
  },
  linkUntil: (time: string) => `This link works once, until ${time}.`,
  linkMissing: 'This page needs the whole link',
  linkMissingHelp:
    'Open the link again from where you got it, with everything after the #. It is kept nowhere in this browser, so reloading the page loses it.',
  linkOver: 'This link does not work any more',
  linkOverHelp: {
    ask: 'It was used, or its time is over. Ask whoever gave it to you for a new one.',
    setUp: 'A new set-up link is printed by: latchkey serve',
  },
  linkOtherAccount: (name: string) =>
    `You are signed in as ${name}. Going on signs this browser in with the account of the link.`,
  account: 'Account',
  email: 'E-mail',
  username: 'Username',
  usernameHint: 'Letters, digits, “_” and “-”. Git and app passwords use it.',
  displayName: 'Name',
  displayNameHint: 'As others see it.',
  needEmail: 'Enter an e-mail address, like maria@example.com.',
  needUsername: 'Enter a username.',

  newPassword: 'New password',
  rules: {
    length: (count: number) => `${count} characters or more`,
    size: 'At most 1024 bytes',
    own: 'Not your name or e-mail',
  },
  ruleMet: 'met',
  ruleOpen: 'not yet',
  rulesNote:
    'Any characters count, spaces too: a few unrelated words are strong. It is checked against stolen passwords.',
  needRules: 'Choose a password that meets these rules.',

  errors: {
    'oidc-failed': 'The sign-in there did not succeed. Try again, or use another way.',
    'oidc-unknown':
      'No active account here fits that sign-in. The provider must have verified your e-mail address; if it has, ask an administrator to invite you.',
    'oidc-denied': 'You did not sign in there. Try again, or use another way.',
    'oidc-busy': 'Many people are waiting for that sign-in. Try again in a moment.',
    'oidc-over': 'That sign-in took too long, or was used already. Start again.',
    throttled: 'There were too many attempts. Wait a little, then try again.',
    'attempt-over': 'That took too long, or too many codes were wrong. Start again.',
  } as Record<string, string>,
  errorOther: 'Signing in there did not succeed. Try again, or use another way.',
};
