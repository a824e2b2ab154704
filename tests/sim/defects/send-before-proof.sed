# core/uplink/uplink.c: what waits is sent while the proof is still under way
s/^    {UPLINK_PROVING, UPLINK_WANT,    true,  UPLINK_PROVING, UPLINK_NOTHING, KEEP    },/    {UPLINK_PROVING, UPLINK_WANT,    true,  UPLINK_BUSY,    UPLINK_SEND,    GIVE_60S},/
