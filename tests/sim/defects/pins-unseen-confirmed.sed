# device/trust/pin_store.c: a connection that was checked against the set before confirms the next one
s/if (version == 0 || version != p->trial.version)/if (version == 0 || p->trial.version == 0)/
