/** Alerts: what is wrong now, and what was. */

export const alerts = {
  alerts: {
    tab: 'Alerts',
    feed: 'Feed',
    lead: 'What is wrong by the rules of the watch, who takes care of it, and what it was.',
    open: 'Open',
    all: 'All of 30 days',
    show: 'Show',
    empty: 'Nothing is wrong',
    emptyText: 'An alert appears when a rule is broken for long enough, and goes when it is over.',
    none: 'No alert in 30 days',
    what: 'What',
    state: 'State',
    since: 'Since',
    states: {
      pending: 'waits',
      firing: 'fires',
      acknowledged: 'acknowledged',
      resolved: 'over',
    } as Record<string, string>,
    severities: { warning: 'warning', critical: 'critical' } as Record<string, string>,
    silenced: 'silenced',
    by: (who: string) => `by ${who}`,
    over: 'over since',
    acknowledge: 'Acknowledge',
    acknowledgeText:
      'You take care of it: nobody is reminded of it again, unless it becomes worse.',
    acknowledged: 'The alert is yours.',
    resolve: 'Resolve',
    resolveText: 'It is over. If it is not, it fires again once it was better in between.',
    resolved: 'The alert was resolved.',
    actions: 'Actions',
  },
};
