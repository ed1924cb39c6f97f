/** The second factor, and signing in by another provider. */

export const identity = {
  factor: {
    title: 'Second factor',
    lead: 'A code from an app on your phone, asked for beside the password. Who learns your password alone does not get in.',
    off: 'Off',
    on: 'On',
    since: 'Since',
    left: 'Recovery codes left',
    required: 'Accounts with your rights must have one here.',
    requiredTitle: 'Set up a second factor',
    provided: 'Another provider signs you in, and asks for a second factor itself.',
    setUp: 'Set up',
    go: 'Go on',
    scan: 'Scan this with an app for codes, for example Aegis, FreeOTP, 1Password or Google Authenticator.',
    picture: 'QR code of the key below',
    key: 'Or type this key into it:',
    code: 'Code of the app',
    codeHint: 'Six digits. A new one every 30 seconds.',
    confirm: 'Turn on',
    done: 'The second factor is on. Other sign-ins of yours ended.',
    codes: 'Recovery codes',
    codesText:
      'Each signs you in once without the app. They are shown this once: keep them where you keep passwords, not on the phone.',
    download: 'Save as a file',
    file: 'Vakhta recovery codes of',
    kept: 'I have kept them',
    renew: 'New recovery codes',
    renewText: 'Ten new ones are made. The old ones stop working.',
    remove: 'Turn off',
    removeText: 'The password alone will be enough again. The recovery codes stop working.',
    removed: 'The second factor is off',
    either: 'Code of the app, or a recovery code',
    wrong: 'This is not the code of this moment, or it was used before. Wait for the next one.',
    step: 'One more step',
    stepText:
      'Open the app on your phone and type the code for Vakhta. Without the phone, type a recovery code.',
    signIn: 'Sign in',
    back: 'Another account',
    ended: 'It took too long. Sign in again.',
  },
  provider: {
    or: 'or',
    through: (title: string) => `Sign in through ${title}`,
    problems: {
      sign_in_not_asked: 'It took more than ten minutes, or began in another browser. Try again.',
      provider_refused: 'The provider did not sign you in. Try again.',
      id_token_refused:
        'What the provider sent is not taken. An administrator finds the cause in the log.',
      provider_unavailable:
        'The provider cannot be reached now. Try again, or sign in by password.',
      no_tier: 'None of your groups may come in here. Ask an administrator.',
      account_disabled: 'Your account here is disabled. Ask an administrator.',
      provider_off: 'No other provider signs people in here.',
    } as Record<string, string>,
  },
};
