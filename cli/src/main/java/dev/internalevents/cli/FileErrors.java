package dev.internalevents.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParseResult;

/** The sentence for a file that cannot be used: the argument that names it, what is wrong, and what was expected. */
final class FileErrors {

    private FileErrors() {}

    /** Returns the sentence. The exception's message may be only the path, with the reason in its type. */
    static String sentence(FileSystemException e, ParseResult parsed) {
        String file = e.getFile();
        if (file == null) {
            return String.valueOf(e.getMessage());
        }
        return argument(file, parsed).map(name -> name + ": ").orElse("") + file + reason(e, file);
    }

    private static String reason(FileSystemException e, String file) {
        Path parent = Path.of(file).toAbsolutePath().getParent();
        if (e instanceof NoSuchFileException && parent != null && !Files.exists(parent)) {
            return ": there is no folder " + parent + "; create it, or name another";
        } else if (e instanceof NoSuchFileException) {
            return ": no such file or folder; expected one that exists";
        } else if (e instanceof AccessDeniedException) {
            return ": access denied; expected permission for this user to read and write it";
        } else if (e instanceof FileAlreadyExistsException) {
            return ": already exists and is not a folder; expected another name";
        } else if (e instanceof NotDirectoryException) {
            return ": is not a folder";
        }
        String reason = e.getReason();
        if ("Not a directory".equals(reason)) {
            return ": a folder above it is a file; name another";
        }
        return ": " + (reason == null ? "cannot be read or written" : reason.toLowerCase(Locale.ROOT));
    }

    /** Returns the name of the argument whose value is the file, a folder above it, or a path below it. */
    private static Optional<String> argument(String file, ParseResult parsed) {
        Path path = Path.of(file).toAbsolutePath().normalize();
        Optional<ArgSpec> named = parsed.commandSpec().args().stream()
                .filter(argument -> isAbout(value(argument), path))
                .max(Comparator.comparingInt(
                        argument -> String.valueOf(value(argument)).length()));
        return named.map(argument -> UsageErrors.name(argument, List.copyOf(parsed.originalArgs())));
    }

    private static boolean isAbout(@Nullable Path value, Path file) {
        return value != null && (file.startsWith(value) || value.startsWith(file));
    }

    private static @Nullable Path value(ArgSpec argument) {
        boolean isPath = argument.paramLabel().matches(".*(DIR|FILE|FOLDER).*");
        Object value = isPath ? argument.getValue() : null;
        if (value == null || value.toString().isEmpty()) {
            return null;
        }
        try {
            return Path.of(value.toString()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
