# core/outbox/outbox_renew.c: the receipt does not say what goes with the keys
s/st.readings_held > UINT32_MAX ? UINT32_MAX : (uint32_t)st.readings_held/(uint32_t)(st.readings_held \& 0)/
