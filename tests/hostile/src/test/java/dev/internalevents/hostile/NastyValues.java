package dev.internalevents.hostile;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Values that an application can pass, by name. They are created in advance, so that a call's own allocation can be
 * measured.
 */
final class NastyValues {

    private static final String HUGE = "h".repeat(20 << 20);

    private NastyValues() {}

    static Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        texts(all);
        numbers(all);
        objects(all);
        shapes(all);
        return all;
    }

    private static void texts(Map<String, Object> all) {
        all.put("an empty text", "");
        all.put("a text of 20 MB", HUGE);
        all.put("a buffer of 20 MB", new StringBuilder(HUGE));
        all.put("a million control characters", "\u0001".repeat(1_000_000));
        all.put("a hundred thousand control characters", "\u0001".repeat(100_000));
        all.put("halves of surrogate pairs", "\udc00x\ud83d");
        all.put("lines, NUL and a mark that turns the text around", "a\r\nb\u0000c\u202ed\u2028");
        all.put("a text of negative length", text(-1, "negative"));
        all.put("a text that is longer than it says", text(1, HUGE));
        all.put("a text of two billion characters", text(Integer.MAX_VALUE, "short"));
        all.put("a text that is null", text(4, null));
        all.put("characters", "characters".toCharArray());
    }

    private static CharSequence text(int length, String text) {
        return new CharSequence() {
            @Override
            public int length() {
                return length;
            }

            @Override
            public char charAt(int index) {
                throw new IndexOutOfBoundsException(index);
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                throw new IndexOutOfBoundsException(start);
            }

            @Override
            public String toString() {
                return text;
            }
        };
    }

    private static void numbers(Map<String, Object> all) {
        all.put("NaN", Double.NaN);
        all.put("an infinite float", Float.NEGATIVE_INFINITY);
        all.put("a number of 501 digits", BigInteger.TEN.pow(500));
        all.put("a number of ten million bits", BigInteger.ONE.shiftLeft(10_000_000));
        all.put("numbers of 29,803 digits", Collections.nCopies(33, BigInteger.TWO.pow(99_000)));
        all.put("many numbers of 392 digits", Collections.nCopies(9_000, BigInteger.TWO.pow(1_300)));
        all.put("an exponent of a billion", new BigDecimal("1E+1000000000"));
        all.put("an exponent of minus a billion", new BigDecimal("1E-1000000000"));
        all.put("a decimal of 5,000 digits", new BigDecimal("0." + "3".repeat(5_000)));
        all.put("an AtomicInteger", new AtomicInteger(5));
        all.put("an AtomicLong", new AtomicLong(6));
        all.put("a LongAdder", new LongAdder());
        DoubleAdder nan = new DoubleAdder();
        nan.add(Double.NaN);
        all.put("a DoubleAdder that is NaN", nan);
        all.put("a decimal of another class", new BigDecimal("1") {
            private static final long serialVersionUID = 1;

            @Override
            public String toString() {
                return HUGE;
            }

            @Override
            public double doubleValue() {
                return Double.NaN;
            }
        });
        all.put("a number without a text", number(null));
        all.put("a fraction", number("1/3"));
    }

    private static Number number(String text) {
        return new Number() {
            private static final long serialVersionUID = 1;

            @Override
            public int intValue() {
                return 1;
            }

            @Override
            public long longValue() {
                return 1;
            }

            @Override
            public float floatValue() {
                return 1;
            }

            @Override
            public double doubleValue() {
                return 1;
            }

            @Override
            public String toString() {
                return text;
            }
        };
    }

    private enum Colour {
        RED {
            @Override
            public String toString() {
                throw new IllegalStateException("no colour");
            }
        }
    }

    private record Point(Object x) {}

    private static final class Order {
        private final List<Item> items = new ArrayList<>();

        @Override
        public String toString() {
            return "Order(" + items + ")";
        }
    }

    private static final class Item {
        private Order order = new Order();

        @Override
        public String toString() {
            return "Item(" + order + ")";
        }
    }

    private static final class Plain {}

    private static void objects(Map<String, Object> all) {
        Order order = new Order();
        Item item = new Item();
        item.order = order;
        order.items.add(item);
        all.put("two objects whose texts call each other", order);
        all.put("an object of 20 MB of text", new Object() {
            @Override
            public String toString() {
                return HUGE;
            }
        });
        all.put("an object whose text is null", new Object() {
            @Override
            public String toString() {
                return null;
            }
        });
        all.put("an object without a text", new Plain());
        Runnable lambda = () -> {};
        all.put("a lambda", lambda);
        all.put("a stream", Stream.iterate(1, n -> n + 1));
        all.put("an enum that throws", Colour.RED);
        all.put("a record in itself", new Point(order));
        all.put("a UUID", new UUID(1, 2));
        all.put("a path", Path.of("a", "b"));
        all.put("a URI", URI.create("http://x/?y=ü"));
        all.put("a class", NastyValues.class);
        all.put("an exception", new IllegalStateException("x"));
        all.put("a buffer of bytes", ByteBuffer.allocate(10));
        all.put("a date at the end of time", new Date(Long.MAX_VALUE));
        all.put("a date that throws", new Date() {
            private static final long serialVersionUID = 1;

            @Override
            public Instant toInstant() {
                throw new UnsupportedOperationException();
            }
        });
        all.put("a calendar", Calendar.getInstance());
        all.put("an instant", Instant.MIN);
        all.put("a flag", new AtomicBoolean(true));
        all.put("nothing", Optional.empty());
        all.put("something", Optional.of(Optional.of("x")));
        all.put("an optional number", OptionalInt.of(5));
        all.put("an optional NaN", OptionalDouble.of(Double.NaN));
        Object nested = "x";
        for (int i = 0; i < 10_000; i++) {
            nested = Optional.of(nested);
        }
        all.put("an optional in 10,000 others", nested);
        all.put("additional properties", AdditionalProperties.of("a", "b"));
        all.put("a context", EventContext.empty());
    }

    private static void shapes(Map<String, Object> all) {
        Map<String, Object> once = new HashMap<>();
        once.put("parent", once);
        all.put("a map with itself in it", once);
        Map<String, Object> twice = new HashMap<>();
        twice.put("parent", twice);
        twice.put("root", twice);
        all.put("a map with itself in it twice", twice);
        List<Object> list = new ArrayList<>();
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            list.add(map);
            map.put("list" + i, list);
        }
        all.put("a list and a map in each other", list);
        Object[] array = new Object[3];
        array[0] = array;
        array[1] = Optional.of(List.of(array, array));
        all.put("an array in itself", array);
        Object shared = "x";
        for (int i = 0; i < 30; i++) {
            shared = List.of(shared, shared);
        }
        all.put("a billion times the same list", shared);
        Object copied = Json.copyOf(List.of("x"));
        for (int i = 0; i < 30; i++) {
            copied = Json.copyOf(List.of(copied, copied));
        }
        all.put("copies of copies", copied);
        all.put("what was read from JSON", Json.parse("[" + "[1,2],".repeat(20_000) + "3]"));
        Object deep = "x";
        for (int i = 0; i < 10_000; i++) {
            deep = Collections.singletonList(deep);
        }
        all.put("10,000 levels", deep);
        all.put("a list that never ends", collection(5, endless()));
        all.put("a list that says it is larger than memory", collection(Integer.MAX_VALUE, List.of("x")));
        all.put("a list of negative size", collection(-1, List.of("x")));
        all.put("a map that never ends", map(() -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Map.Entry<Object, Object> next() {
                return Map.entry(next++, "x");
            }
        }));
        all.put(
                "a map with no entry where one is",
                map(() -> Collections.<Map.Entry<Object, Object>>singletonList(null)
                        .iterator()));
        all.put("a key of 20 MB", Collections.singletonMap(HUGE, 1));
        all.put("a key in itself", Collections.singletonMap(once, 1));
        all.put("a key that is null", Collections.singletonMap(null, null));
        String text = "t".repeat(3_000_000);
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            rows.add(Map.of("id", i, "template", text));
        }
        all.put("800 rows with the same text of 3 MB", rows);
        Map<Object, Object> changing = new HashMap<>(Map.of("a", 1, "b", 2));
        changing.put("c", new Object() {
            @Override
            public String toString() {
                changing.put(UUID.randomUUID(), "x");
                return "changed";
            }
        });
        all.put("a map that changes while it is read", changing);
        all.put("a synchronized map", Collections.synchronizedMap(new HashMap<>(Map.of("a", List.of()))));
        all.put("a million numbers", Collections.nCopies(1_000_000, 7));
        all.put("ten million numbers", new int[10_000_000]);
        all.put("bytes", new byte[10_000_000]);
        all.put("arrays of arrays", new long[1_000][1_000]);
        all.put("a million short texts", Collections.nCopies(1_000_000, "short"));
        all.put("ten thousand texts of a kilobyte", Collections.nCopies(10_000, "k".repeat(1_000)));
    }

    private static Iterable<Object> endless() {
        return () -> Stream.<Object>generate(() -> "x").iterator();
    }

    private static Object collection(int size, Iterable<?> items) {
        return new AbstractCollection<Object>() {
            @Override
            @SuppressWarnings("unchecked")
            public Iterator<Object> iterator() {
                return (Iterator<Object>) items.iterator();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private static Object map(Iterable<Map.Entry<Object, Object>> entries) {
        return new AbstractMap<Object, Object>() {
            @Override
            public Set<Map.Entry<Object, Object>> entrySet() {
                return new java.util.AbstractSet<>() {
                    @Override
                    public Iterator<Map.Entry<Object, Object>> iterator() {
                        return entries.iterator();
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                };
            }
        };
    }
}
