package dev.internalevents.store.ids;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The header of a run, at the beginning of its file: the events that it covers, the number of entries, and the
 * checksums of the three parts that follow: the filter, the positions of the buckets, and the entries.
 *
 * @param seedCheck identifies the index to which the run belongs
 * @param after the run covers the events with larger numbers
 * @param upTo the last number that it covers
 * @param count the number of entries
 * @param checksums CRC-32C of the three parts
 * @param marks how old the entries are, by number
 */
record RunHeader(long seedCheck, long after, long upTo, long count, Checksums checksums, List<Mark> marks) {

    static final int BLOCK_BYTES = 64;
    static final int ENTRY_BYTES = 13;
    static final int PLACE_BYTES = 8;
    private static final int FILTER_BITS_PER_ENTRY = 12;
    private static final int ENTRIES_PER_BUCKET = 256;
    private static final long MAGIC = 0x4945_6964_7275_6e31L;
    private static final int FIXED_BYTES = 8 + 4 + 4 * 8 + 3 * 4 + 4;
    private static final int MARK_BYTES = 3 * 8;

    /** The checksums of the parts of a run. */
    record Checksums(int filter, int places, int entries) {}

    /**
     * Describes a range of entries that are consecutive by number.
     *
     * @param upTo the last number; the first one follows the previous mark
     * @param newest when the newest of their events was received, in milliseconds since 1970
     * @param count the number of entries
     */
    record Mark(long upTo, long newest, long count) {}

    RunHeader {
        marks = List.copyOf(marks);
    }

    static int bytes(int marks) {
        return FIXED_BYTES + marks * MARK_BYTES + 4;
    }

    int bytes() {
        return bytes(marks.size());
    }

    long blocks() {
        return Math.max(1, (count * FILTER_BITS_PER_ENTRY + 8 * BLOCK_BYTES - 1) / (8 * BLOCK_BYTES));
    }

    long buckets() {
        return Math.max(1, count / ENTRIES_PER_BUCKET);
    }

    long filterBytes() {
        return blocks() * BLOCK_BYTES;
    }

    long placesStart() {
        return bytes() + filterBytes();
    }

    long placesBytes() {
        return (buckets() + 1) * PLACE_BYTES;
    }

    long entriesStart() {
        return placesStart() + placesBytes();
    }

    long fileBytes() {
        return entriesStart() + count * ENTRY_BYTES;
    }

    /**
     * Returns the part, from 0, into which a key's id falls if ids are spread evenly over the parts; increases with the
     * key.
     */
    static long spread(long key, long parts) {
        return Math.multiplyHigh(key & ~IdHash.FINGERPRINT_MASK, 2 * parts);
    }

    /** Returns the number of entries in marks whose events were all received before a time. */
    long countBefore(long time) {
        return marks.stream()
                .filter(mark -> mark.newest() < time)
                .mapToLong(Mark::count)
                .sum();
    }

    RunHeader with(Checksums sums) {
        return new RunHeader(seedCheck, after, upTo, count, sums, marks);
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(bytes());
        out.putLong(MAGIC).putInt(marks.size());
        out.putLong(seedCheck).putLong(after).putLong(upTo).putLong(count);
        out.putInt(checksums.filter()).putInt(checksums.places()).putInt(checksums.entries());
        out.putInt(0);
        marks.forEach(mark -> out.putLong(mark.upTo()).putLong(mark.newest()).putLong(mark.count()));
        return out.putInt(checksum(out, out.position())).flip();
    }

    /** Reads the header of a file of this size. */
    static RunHeader read(RunFile file, long size) throws IOException {
        ByteBuffer first = file.read(0, FIXED_BYTES);
        if (first.getLong() != MAGIC) {
            throw file.damaged("its first bytes are not those of a run");
        }
        int marks = first.getInt();
        if (marks < 0 || marks > size / MARK_BYTES) {
            throw file.damaged("its header is incomplete");
        }
        ByteBuffer in = file.read(0, bytes(marks));
        if (in.getInt(in.limit() - 4) != checksum(in, in.limit() - 4)) {
            throw file.damaged("the checksum of its header is wrong");
        }
        in.position(12);
        long seedCheck = in.getLong();
        long after = in.getLong();
        long upTo = in.getLong();
        long count = in.getLong();
        Checksums sums = new Checksums(in.getInt(), in.getInt(), in.getInt());
        in.getInt();
        List<Mark> all = new ArrayList<>(marks);
        for (int i = 0; i < marks; i++) {
            all.add(new Mark(in.getLong(), in.getLong(), in.getLong()));
        }
        RunHeader header = new RunHeader(seedCheck, after, upTo, count, sums, all);
        if (header.fileBytes() != size) {
            throw file.damaged("it has " + size + " bytes; expected " + header.fileBytes());
        }
        return header;
    }

    private static int checksum(ByteBuffer header, int length) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().clear().slice(0, length));
        return (int) crc.getValue();
    }
}
