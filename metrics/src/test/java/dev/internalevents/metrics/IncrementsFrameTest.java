package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.definitions.Dictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class IncrementsFrameTest {

    private static final Counters COUNTERS = Counters.of(dictionary());

    private static Dictionary dictionary() {
        try {
            Path folder = Files.createTempDirectory("internal-events-increments-");
            Dictionary dictionary = Workload.dictionary(folder);
            for (String kind : new String[] {"events", "metrics"}) {
                for (Path file : Files.list(folder.resolve(kind)).toList()) {
                    Files.delete(file);
                }
                Files.delete(folder.resolve(kind));
            }
            Files.delete(folder);
            return dictionary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Increments random(Random random) {
        Increments increments = new Increments();
        for (int i = random.nextInt(60); i > 0; i--) {
            Counter counter = COUNTERS.all().get(random.nextInt(COUNTERS.all().size()));
            int week = random.nextInt(4) - 1;
            String text = new String[] {"", "u1", "ä€😀", "a,b\n", "x".repeat(300)}[random.nextInt(5)];
            switch (random.nextInt(4)) {
                case 0 -> increments.total(counter, week, random.nextLong());
                case 1 -> increments.unique(counter, week, text + random.nextInt(5));
                case 2 -> increments.totalBy(counter, week, text, random.nextInt(1_000));
                default ->
                    increments.sum(
                            counter,
                            week,
                            new BigDecimal(BigInteger.valueOf(random.nextLong()), random.nextInt(700) - 350));
            }
        }
        return increments;
    }

    private static void assertThatEqual(Increments one, Increments other) {
        assertThat(one.totals()).isEqualTo(other.totals());
        assertThat(one.sums()).isEqualTo(other.sums());
        assertThat(one.uniques()).isEqualTo(other.uniques());
        assertThat(one.totalsBy()).isEqualTo(other.totalsBy());
    }

    @Property(tries = 1_000)
    void increments_are_read_as_they_were_written(@ForAll long seed) throws IOException {
        Increments increments = random(new Random(seed));
        byte[] frame = IncrementsFrame.encode(increments);
        IncrementsFrame.Decoded decoded = IncrementsFrame.decode(frame, COUNTERS);

        assertThatEqual(decoded.increments(), increments);
        assertThat(decoded.leftOut()).isZero();
        assertThat(IncrementsFrame.encode(decoded.increments())).isEqualTo(frame);
    }

    @Property(tries = 200)
    void the_order_in_which_increments_are_added_up_does_not_matter(@ForAll long seed) throws IOException {
        byte[] one = IncrementsFrame.encode(random(new Random(seed)));
        byte[] other = IncrementsFrame.encode(random(new Random(~seed)));
        Increments forwards = IncrementsFrame.decode(one, COUNTERS).increments();
        IncrementsFrame.decode(other, COUNTERS).increments().copyTo(forwards);
        Increments backwards = IncrementsFrame.decode(other, COUNTERS).increments();
        IncrementsFrame.decode(one, COUNTERS).increments().copyTo(backwards);

        assertThatEqual(forwards, backwards);
        assertThat(IncrementsFrame.encode(forwards)).isEqualTo(IncrementsFrame.encode(backwards));
    }

    @Property(tries = 5_000)
    void damaged_increments_are_said_to_be_or_are_others(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 100_000) int place,
            @ForAll byte value,
            @ForAll boolean isCut) {
        byte[] frame = IncrementsFrame.encode(random(new Random(seed)));
        int at = place % frame.length;
        byte[] damaged = isCut ? Arrays.copyOf(frame, at) : frame.clone();
        if (!isCut) {
            damaged[at] = value;
        }
        try {
            IncrementsFrame.Decoded decoded = IncrementsFrame.decode(damaged, COUNTERS);
            assertThat(decoded.leftOut()).isNotNegative();
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
    }

    @Example
    void what_another_dictionary_counts_is_left_out_and_the_rest_is_read() throws IOException {
        Increments increments = new Increments();
        Counter first = COUNTERS.all().get(0);
        increments.total(first, 3, 5);
        increments.unique(COUNTERS.all().get(1), 3, "u");
        byte[] frame = IncrementsFrame.encode(increments);

        IncrementsFrame.Decoded none = IncrementsFrame.decode(frame, Counters.of(Dictionary.EMPTY));
        assertThat(none.increments().isEmpty()).isTrue();
        assertThat(none.leftOut()).isEqualTo(2);

        // A counter of a later version
        byte[] name = first.key().toString().getBytes(StandardCharsets.UTF_8);
        int at = HexFormat.of().formatHex(frame).indexOf(HexFormat.of().formatHex(name)) / 2;
        frame[at] = '?';
        IncrementsFrame.Decoded rest = IncrementsFrame.decode(frame, COUNTERS);
        assertThat(rest.leftOut()).isEqualTo(1);
        assertThat(rest.increments().totals()).isEmpty();
        assertThat(rest.increments().uniques()).hasSize(1);
    }

    @Example
    void increments_of_another_version_are_rejected_with_both() {
        assertThatThrownBy(() -> IncrementsFrame.decode(new byte[] {2}, COUNTERS))
                .hasMessage("increments of version 2, expected 1");
        assertThatThrownBy(() -> IncrementsFrame.decode(new byte[0], COUNTERS))
                .hasMessage("increments of version -1, expected 1");
    }

    @Example
    void the_same_increments_give_the_same_bytes_whatever_the_order() {
        Increments one = new Increments();
        Increments other = new Increments();
        TreeMap<Integer, Counter> counters = new TreeMap<>();
        COUNTERS.all().forEach(counter -> counters.put(counter.index(), counter));
        counters.values().forEach(counter -> one.total(counter, 1, counter.index()));
        counters.descendingMap().values().forEach(counter -> other.total(counter, 1, counter.index()));

        assertThat(IncrementsFrame.encode(one)).isEqualTo(IncrementsFrame.encode(other));
    }
}
