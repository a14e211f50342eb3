package dev.internalevents.client;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids of events: random UUIDs (version 4) that cost no lock. Each is drawn from the calling thread's own generator and
 * mixed with 128 bits that were drawn once from {@link SecureRandom}, so that two processes whose generators start alike
 * still differ. They are unique, not secret.
 */
final class EventIds {

    private final long high;
    private final long low;

    EventIds() {
        SecureRandom random = new SecureRandom();
        this.high = random.nextLong();
        this.low = random.nextLong();
    }

    UUID next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long most = high ^ random.nextLong();
        long least = low ^ random.nextLong();
        return new UUID((most & ~0xf000L) | 0x4000L, (least & ~(3L << 62)) | (1L << 63));
    }
}
