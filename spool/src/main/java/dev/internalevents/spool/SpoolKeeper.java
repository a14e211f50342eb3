package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that looks after a spool's files, so that neither writers nor the reader wait for it: it creates files
 * ahead, reuses, overwrites and deletes committed ones, and checks all of them once a second. It releases the folder
 * once the spool is closed.
 */
final class SpoolKeeper {

    private static final long CHECK_NANOS = 1_000_000_000L;

    private final SpoolGate gate;
    private final SegmentChain chain;
    private final SegmentFiles files;
    private final FileCheck check;
    private final @Nullable DiskWriter writer;
    private final WipeRequests wipes = new WipeRequests();
    private final Thread thread;

    /** A page that an appending thread could not write. The field is written without a call, which might fail too. */
    volatile @Nullable InternalError fault;

    SpoolKeeper(
            SpoolGate gate,
            SegmentChain chain,
            SegmentFiles files,
            FileCheck check,
            @Nullable DiskWriter writer,
            String name) {
        this.gate = gate;
        this.chain = chain;
        this.files = files;
        this.check = check;
        this.writer = writer;
        this.thread = daemon(this::run, name);
        chain.keptBy(thread);
    }

    static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        thread.start();
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Blocks until the folder is released. */
    void awaitEnd() {
        EndOfThread.await(thread);
    }

    /** Overwrites the committed frames in every file now. */
    CompletableFuture<Void> wipe() {
        chain.wipeCommitted();
        CompletableFuture<Void> request = wipes.add();
        wake();
        return request;
    }

    // The thread

    private void run() {
        long lastCheck = System.nanoTime();
        while (!gate.isClosed()) {
            try {
                reportFault();
                chain.rollAsked();
                recycleAndWipe();
                long now = System.nanoTime();
                if (now - lastCheck >= CHECK_NANOS) {
                    lastCheck = now;
                    check.run();
                }
            } catch (Throwable e) {
                check.failed(e);
            }
            if (!gate.isClosed()) {
                LockSupport.parkNanos(this, CHECK_NANOS);
            }
        }
        if (writer != null) {
            writer.awaitEnd();
        }
        chain.release();
        wipes.end();
    }

    private void reportFault() {
        InternalError faulty = fault;
        if (faulty != null) {
            fault = null;
            gate.unavailable("a mapped page cannot be written (" + faulty.getMessage() + ")");
        }
    }

    private void recycleAndWipe() throws IOException {
        List<CompletableFuture<Void>> asked = wipes.take();
        try {
            recycle();
            chain.prepareSpare();
            // The first segment that is not retired.
            chain.start().segment().wipe();
            if (!asked.isEmpty()) {
                wipeSpares();
            }
        } catch (RuntimeException | Error | IOException e) {
            asked.forEach(one -> one.completeExceptionally(e));
            throw e;
        }
        asked.forEach(one -> one.complete(null));
    }

    /** Reuses committed segments as spares, or deletes them. */
    private void recycle() throws IOException {
        for (SegmentChain.Retired done = chain.nextRetired(); done != null; done = chain.nextRetired()) {
            Spare spare = done.spareName() == null ? null : done.segment().reuse(done.spareName());
            if (spare == null) {
                done.segment().close();
                Files.deleteIfExists(done.segment().path());
            }
            chain.recycled(spare);
        }
    }

    /**
     * Overwrites the frames in the spares; they are reused with their old frames, which a checksum tells from new ones.
     */
    private void wipeSpares() throws IOException {
        List<Spare> used = files.takeUsed();
        try {
            for (Spare spare : used) {
                spare.wipe();
            }
        } finally {
            files.addAll(used);
        }
    }
}
