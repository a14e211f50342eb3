package dev.internalevents.lake;

import dev.internalevents.store.SinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Parquet files of one kind of events, as one collector writes them, in a folder for each day:
 * {@code collector_date=2026-11-27/ID-FIRST-LAST.parquet}, with the collector's id and the numbers of the first and the
 * last event. A file is written under a hidden name next to these folders, and moved once it is whole and on the disk.
 */
final class ParquetFolder {

    private static final String DAY = "collector_date=";
    private static final String HIDDEN = ".writing";
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Path lake;
    private final Path folder;
    private final UUID collector;
    private final Pattern visible;
    private final Pattern hidden;

    /**
     * A file that becomes visible.
     *
     * @param hidden its name while it is written
     * @param day its day, as days since 1970
     */
    record Move(String hidden, int day, long first, long last) {}

    /** @param lake the folder with the folders of both kinds of events */
    ParquetFolder(Path lake, TableShape shape, UUID collector) {
        this.lake = lake;
        this.folder = lake.resolve(shape.table());
        this.collector = collector;
        this.visible = Pattern.compile(collector + "-[0-9]{1,18}-([0-9]{1,18})\\.parquet");
        this.hidden = Pattern.compile("(\\." + collector + "-[0-9a-f-]{36}\\.parquet\\" + HIDDEN
                + ") (-?[0-9]{1,9}) ([0-9]{1,18}) ([0-9]{1,18})");
    }

    /**
     * Returns the path of a file that is being written. It does not end in {@code .parquet}, which engines look for.
     */
    static String hidden(String folder, String name) {
        return Path.of(folder, "." + name + HIDDEN).toString();
    }

    /**
     * Makes files visible, one after the other in this order, also after a power failure. Those that are stay so.
     * Between two of them is a pause, because a reader lists one folder after the other: it could find the second file
     * without the first one.
     */
    void show(List<Move> moves) {
        boolean isFirst = true;
        try {
            for (Move move : moves) {
                Path from = folder.resolve(move.hidden());
                if (Files.exists(from)) {
                    if (!isFirst) {
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                    isFirst = false;
                    Path day = folder.resolve(DAY + LocalDate.ofEpochDay(move.day()));
                    if (!Files.isDirectory(day)) {
                        Files.createDirectories(day);
                        sync(folder);
                        sync(lake);
                    }
                    Files.move(from, day.resolve(name(move)), StandardCopyOption.ATOMIC_MOVE);
                    sync(day);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String name(Move move) {
        return "%s-%012d-%012d.parquet".formatted(collector, move.first(), move.last());
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Returns whether all these files are there under their hidden names. */
    boolean areHidden(List<Move> moves) {
        return moves.stream().allMatch(move -> Files.exists(folder.resolve(move.hidden())));
    }

    /** Deletes the files that a process of this collector did not finish. */
    void sweep() {
        for (String name : names(folder, "." + collector + "-*" + HIDDEN)) {
            delete(name);
        }
    }

    /** Deletes a hidden file, if it is there. */
    void delete(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of the last event of this collector in a visible file; 0 if it has none. */
    long last() {
        long last = 0;
        for (String day : names(folder, DAY + "*")) {
            for (String name : names(folder.resolve(day), collector + "-*.parquet")) {
                Matcher match = visible.matcher(name);
                last = match.matches() ? Math.max(last, Long.parseLong(match.group(1))) : last;
            }
        }
        return last;
    }

    private static Set<String> names(Path in, String glob) {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(in, glob)) {
            all.forEach(path -> names.add(path.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** Writes moves as text, one a line. */
    static String text(List<Move> moves) {
        StringBuilder text = new StringBuilder();
        for (Move move : moves) {
            text.append("%s %d %d %d\n".formatted(move.hidden(), move.day(), move.first(), move.last()));
        }
        return text.toString();
    }

    /** Reads moves of this collector. */
    List<Move> moves(String text) {
        List<Move> moves = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher match = hidden.matcher(line);
            if (!match.matches()) {
                throw new SinkException("lake: the list of new files of collector " + collector + " in " + folder
                        + " cannot be read; it was changed by another program. Choose another folder with --lake");
            }
            moves.add(new Move(
                    match.group(1),
                    Integer.parseInt(match.group(2)),
                    Long.parseLong(match.group(3)),
                    Long.parseLong(match.group(4))));
        }
        return moves;
    }
}
