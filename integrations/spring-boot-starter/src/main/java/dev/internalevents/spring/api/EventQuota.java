package dev.internalevents.spring.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits how many events each user may track. A user may track a minute's quota at once; it refills evenly. Only the
 * 10,000 users who tracked last are remembered, so memory is bounded. Safe for use by several threads.
 */
final class EventQuota {

    private static final int MAX_USERS = 10_000;
    private static final double MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Left> left = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Left> eldest) {
            return size() > MAX_USERS;
        }
    };

    private record Left(double events, long at) {}

    EventQuota(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /** Takes events from a user's quota; returns 0, or the number of seconds until the quota suffices. */
    synchronized long take(String user, int events) {
        long now = nanoTime.getAsLong();
        Left known = left.get(user);
        double available = known == null
                ? perMinute
                : Math.min(perMinute, known.events() + perMinute * ((now - known.at()) / MINUTE));
        boolean isEnough = available >= events;
        left.put(user, new Left(isEnough ? available - events : available, now));
        return isEnough ? 0 : (long) Math.ceil((events - available) * 60 / perMinute);
    }
}
