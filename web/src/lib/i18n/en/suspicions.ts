/** What in the history somebody should look at. */

export const suspicions = {
  suspicions: {
    tab: 'Suspicious',
    lead: 'What in the history somebody should look at. Nothing is blocked by it.',
    days: 'Over',
    spans: { '7': '7 days', '30': '30 days', '90': '90 days' } as Record<string, string>,
    what: 'What',
    about: 'About',
    when: 'When',
    show: 'Events',
    none: 'Nothing is suspicious',
    noneText:
      'Series of failed sign-ins, refusals in a row, a token from a new network and an unusual amount of changes would stand here.',
    rules: {
      failed_sign_ins_from_address: 'Failed sign-ins from one address',
      failed_sign_ins_of_name: 'Failed sign-ins under one name',
      denied_access: 'Refusals in a row',
      new_network: 'Token from a new network',
      odd_volume: 'Unusually many changes',
    } as Record<string, string>,
  },
  own: {
    title: 'Your data',
    text: 'What this server keeps of you: account, sessions, tokens, what you did and from where. One cookie keeps you signed in; nothing else is counted or sent anywhere.',
    download: 'Download it',
    leave: 'Delete the account',
    leaveTitle: 'Delete your account?',
    leaveText:
      'Sessions and tokens end now. What you did stays in the history without your name, addresses and programs. This cannot be undone.',
    again: 'Try again',
    retryOf: 'Tried again from',
  },
};
