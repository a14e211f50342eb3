package dev.internalevents.store.ids;

import dev.internalevents.store.ids.RunHeader.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** Merges neighbouring runs into one, without the entries of events that are too old. Used by one thread. */
final class Merge {

    private final List<Input> inputs;
    private final RunHeader header;

    /**
     * Prepares a merge.
     *
     * @param runs the runs, in the order of the numbers that they cover
     * @param cutoff events received before this time, in milliseconds since 1970, are left out
     * @param markEntries neighbouring marks are combined up to this number of entries
     */
    Merge(List<Run> runs, long cutoff, long markEntries) {
        List<Mark> marks = new ArrayList<>();
        for (Run run : runs) {
            for (Mark mark : run.header().marks()) {
                if (mark.newest() >= cutoff) {
                    append(marks, mark, markEntries);
                }
            }
        }
        long count = marks.stream().mapToLong(Mark::count).sum();
        RunHeader first = runs.get(0).header();
        this.header = new RunHeader(
                first.seedCheck(),
                first.after(),
                runs.get(runs.size() - 1).header().upTo(),
                count,
                new RunHeader.Checksums(0, 0, 0),
                marks);
        this.inputs = runs.stream().map(run -> new Input(run, cutoff)).toList();
    }

    private static void append(List<Mark> marks, Mark mark, long markEntries) {
        Mark before = marks.isEmpty() ? null : marks.get(marks.size() - 1);
        if (before != null && before.count() + mark.count() <= markEntries) {
            marks.set(
                    marks.size() - 1,
                    new Mark(mark.upTo(), Math.max(before.newest(), mark.newest()), before.count() + mark.count()));
        } else {
            marks.add(mark);
        }
    }

    /** Returns the header of the new run, without its checksums. */
    RunHeader header() {
        return header;
    }

    /** Lets the thread do something else, or stop. */
    @FunctionalInterface
    interface Pause {
        void afterSome() throws IOException;
    }

    /**
     * Writes all entries.
     *
     * @param pause called every few thousand entries
     */
    void write(RunWriter out, Pause pause) throws IOException {
        if (header.count() == 0) {
            return;
        }
        List<Input> open = new ArrayList<>();
        for (Input input : inputs) {
            input.run.checkPlaces();
            if (input.advance()) {
                open.add(input);
            }
        }
        long written = 0;
        while (!open.isEmpty()) {
            Input smallest = open.get(0);
            for (int i = 1; i < open.size(); i++) {
                if (open.get(i).key < smallest.key) {
                    smallest = open.get(i);
                }
            }
            out.add(smallest.key, smallest.number);
            if (!smallest.advance()) {
                open.remove(smallest);
            }
            if (++written % (1 << 15) == 0) {
                pause.afterSome();
            }
        }
    }

    /** Reads the entries of a run from first to last, and verifies their checksum at the end. */
    private static final class Input {
        private final Run run;
        private final ByteBuffer buffer = ByteBuffer.allocate(128 << 10).limit(0);
        private final CRC32C crc = new CRC32C();
        private final long[] upTo;
        private final boolean[] isOld;
        private final boolean anyOld;
        private long position;
        private long key;
        private long number;

        private Input(Run run, long cutoff) {
            this.run = run;
            this.position = run.header().entriesStart();
            List<Mark> marks = run.header().marks();
            this.upTo = marks.stream().mapToLong(Mark::upTo).toArray();
            this.isOld = new boolean[upTo.length];
            boolean any = false;
            for (int i = 0; i < upTo.length; i++) {
                isOld[i] = marks.get(i).newest() < cutoff;
                any |= isOld[i];
            }
            this.anyOld = any;
        }

        /** Moves to the next entry that is not too old; false at the end. */
        private boolean advance() throws IOException {
            do {
                if (buffer.remaining() < RunHeader.ENTRY_BYTES && !fill()) {
                    return false;
                }
                key = buffer.getLong();
                number = ((buffer.get() & 0xffL) << Integer.SIZE) | (buffer.getInt() & 0xffff_ffffL);
            } while (anyOld && isOld());
            return true;
        }

        private boolean fill() throws IOException {
            buffer.compact();
            int rest = buffer.position();
            long end = run.header().fileBytes();
            buffer.limit((int) Math.min(buffer.capacity(), rest + end - position));
            run.file().read(position, buffer);
            position += buffer.position() - rest;
            buffer.flip();
            crc.update(buffer.slice(rest, buffer.limit() - rest));
            if (buffer.hasRemaining()) {
                return true;
            }
            if ((int) crc.getValue() != run.header().checksums().entries()) {
                throw run.file().damaged("the checksum of its entries is wrong");
            }
            return false;
        }

        private boolean isOld() throws IOException {
            int found = Arrays.binarySearch(upTo, number);
            int mark = found < 0 ? -found - 1 : found;
            if (mark == isOld.length) {
                throw run.file()
                        .damaged("it has the number " + number + "; expected at most "
                                + run.header().upTo());
            }
            return isOld[mark];
        }
    }
}
