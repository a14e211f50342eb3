package dev.internalevents.hostile;

import dev.internalevents.client.RefusedEventException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every {@link Throwable} of {@code java.base} that can be instantiated, and some that only applications have. */
final class Throwables {

    private Throwables() {}

    /** An error whose own methods throw. */
    static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    static List<Supplier<Throwable>> all() {
        List<Supplier<Throwable>> all = new ArrayList<>();
        Path classes = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", "java.base");
        try (Stream<Path> files = Files.walk(classes)) {
            files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.startsWith("java/") && name.endsWith(".class") && !name.contains("$"))
                    .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                    .sorted()
                    .forEach(name -> add(all, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        all.add(Unspeakable::new);
        all.add(() -> new RefusedEventException("not an interceptor's"));
        all.add(() -> new OutOfMemoryError("Requested array size exceeds VM limit"));
        all.add(() -> {
            RuntimeException self = new RuntimeException("a cause in itself");
            self.initCause(new RuntimeException(self));
            return self;
        });
        return all;
    }

    private static void add(List<Supplier<Throwable>> all, String name) {
        try {
            Class<?> type = Class.forName(name, false, null);
            if (!Throwable.class.isAssignableFrom(type)
                    || Modifier.isAbstract(type.getModifiers())
                    || !Modifier.isPublic(type.getModifiers())
                    || name.equals("java.lang.ThreadDeath")) {
                return;
            }
            for (Constructor<?> constructor : type.getConstructors()) {
                if (constructor.getParameterCount() == 0) {
                    all.add(() -> made(constructor));
                    return;
                } else if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == String.class) {
                    all.add(() -> made(constructor, "made to be thrown"));
                    return;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Throwable made(Constructor<?> constructor, Object... arguments) {
        try {
            return (Throwable) constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Throws a checked or unchecked throwable without declaring it, as other JVM languages and bytecode libraries do.
     */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }
}
