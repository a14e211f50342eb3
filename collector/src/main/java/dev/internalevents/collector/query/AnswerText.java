package dev.internalevents.collector.query;

import dev.internalevents.protocol.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of an answer, in pieces of about {@value #PIECE_BYTES} bytes, so that a long text is never copied as a whole
 * and needs no buffer of twice its size while it grows. Its bytes count in {@link AnswerMemory} until {@link #taken} or
 * {@link #release}. For one thread at a time.
 */
public final class AnswerText {

    private static final int PIECE_BYTES = 256 << 10;

    private final AnswerMemory memory;
    private final JsonWriter json;
    private final List<byte[]> pieces = new ArrayList<>();
    private long bytes;
    private long counted;

    public AnswerText(AnswerMemory memory) {
        this(memory, new JsonWriter(1024));
    }

    /** Continues with a writer that already wrote the previous parts. */
    public AnswerText(AnswerMemory memory, JsonWriter json) {
        this.memory = memory;
        this.json = json;
    }

    /** Returns the writer for the next text; {@link #value} and {@link #end} move its content into pieces. */
    public JsonWriter json() {
        return json;
    }

    /** Writes a tree of maps, lists, strings, numbers, booleans and null. */
    public AnswerText value(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            json.beginObject();
            map.forEach((key, item) -> {
                json.name((String) key);
                value(item);
            });
            json.endObject();
        } else if (tree instanceof List<?> list) {
            json.beginArray();
            list.forEach(this::value);
            json.endArray();
        } else {
            json.value(tree);
        }
        cut(PIECE_BYTES);
        return this;
    }

    /** Writes bytes as they are. */
    public AnswerText raw(byte[] text) {
        json.raw(text, 0, text.length);
        cut(PIECE_BYTES);
        return this;
    }

    private void cut(int atLeast) {
        if (json.length() >= atLeast) {
            byte[] piece = json.take();
            pieces.add(piece);
            bytes += piece.length;
            counted += piece.length;
            memory.add(piece.length);
        }
    }

    /** Returns the number of bytes written so far. */
    public long length() {
        return bytes + json.length();
    }

    /** Ends the text: moves the rest of it into a piece. */
    public AnswerText end() {
        cut(1);
        return this;
    }

    List<byte[]> pieces() {
        return pieces;
    }

    /** Stops counting a piece that its reader has received. */
    void taken(byte[] piece) {
        counted -= piece.length;
        memory.remove(piece.length);
    }

    /** Drops all pieces and stops counting those not received. A second call does nothing. */
    public void release() {
        memory.remove(counted);
        counted = 0;
        pieces.clear();
    }
}
