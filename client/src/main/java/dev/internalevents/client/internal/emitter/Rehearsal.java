package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.spool.Appended;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.slf4j.helpers.NOPLogger;

/** Runs once, with an event that is not sent, the code that an emitter runs on the thread that tracks. */
public final class Rehearsal {

    private static final int BYTES = 1 << 16;

    /** A spool publishes numbers with such a handle; its JDK class may not be initialized yet either. */
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Rehearsal() {}

    /** Queues, encodes and drops the event, with objects that belong to no emitter. */
    public static void of(OutgoingEvent event) {
        Accounts accounts = new Accounts(DeliveryListener.NONE);
        accounts.tracked();
        MemoryOutbox outbox = new MemoryOutbox(2, BYTES, new Wakeup(), accounts, new Lifecycle());
        boolean taken = outbox.offer(event) == Outbox.Offer.TAKEN && !event.isLargerThan(BYTES);
        if (taken) {
            outbox.take(new PayloadBody(0), 1, BYTES);
        }
        // The only reason that is not logged.
        accounts.drop(DropReason.UNDEFINED, event.name(), new IllegalStateException("nothing is wrong"));
        accounts.stats(outbox.size(), 0);
        INTS.setRelease(new byte[Integer.BYTES], 0, Appended.values().length);
        new UndeliveredLog(NOPLogger.NOP_LOGGER).add(DropReason.UNREADABLE.words(), event.name());
    }
}
