package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.ValidationLimitExceededException;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks self-describing data against the schema that it names, by the rules of JSON Schema draft 4. A schema is
 * requested again from the registries after a second, so that an edited file takes effect at once. The cache of
 * compiled schemas is limited in bytes. Safe for use by several threads.
 */
public final class SchemaValidator {

    private static final long FRESH_NANOS = 1_000_000_000L;
    private static final long MAX_COMPILED_BYTES = 64 << 20;
    private static final long MAX_UNUSABLE_BYTES = 8 << 20;
    /** The size of a compiled schema, as an approximate multiple of the size of its text. */
    private static final int COMPILED = 20;

    private final Resolver resolver;
    private final Cache<SchemaKey, Usable> compiled = Caffeine.newBuilder()
            .maximumWeight(MAX_COMPILED_BYTES)
            .weigher(SchemaValidator::weight)
            .build();
    /** Separate from the other cache, so that made-up names do not displace schemas in use. */
    private final Cache<SchemaKey, Unusable> unusable = Caffeine.newBuilder()
            .maximumWeight(MAX_UNUSABLE_BYTES)
            .weigher((SchemaKey key, Unusable schema) -> Weights.of(key)
                    + Weights.of(schema.reason())
                    + (schema.found() == null ? 0 : Weights.of(schema.found().schema())))
            .build();

    private final SchemaCompiler compiler = new SchemaCompiler();

    public SchemaValidator(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Limits the weight to half the cache, so that even a schema that would fill it is cached. */
    private static int weight(SchemaKey key, Usable schema) {
        long bytes = (long) Weights.of(schema.text()) * COMPILED / 2;
        return (int) Math.min(Weights.of(key) + bytes, MAX_COMPILED_BYTES / 2);
    }

    /**
     * The result of a check.
     *
     * @param schema the schema that the data was checked with: the one that it names, or the version that supersedes it
     * @param usable whether a registry has the schema and data can be checked with it
     * @param violations what is wrong, in the order of the data's fields; empty if nothing is. If no registry has the
     *     schema, or it cannot be used, this is one violation for the data as a whole
     */
    public record Verdict(SchemaKey schema, boolean usable, List<Violation> violations) {

        public Verdict {
            violations = List.copyOf(violations);
        }
    }

    /**
     * Returns what is wrong with data according to the schema that it names. Otherwise as {@link #check}.
     *
     * @return in the order of the data's fields; empty if nothing is wrong
     */
    public List<Violation> validate(SelfDescribingJson json) {
        return check(json).violations();
    }

    /**
     * Checks data against the schema that it names, or against the version that the schema's {@code $supersededBy}
     * names. May read a local file; never waits for the network.
     *
     * @throws SchemaPendingException if the schema is not known and is being looked up, or its registry does not
     *     answer; nothing is known about the data
     * @throws SchemaRefusedException if the schema is not known and its registry refuses it; nothing is known about the
     *     data
     */
    public Verdict check(SelfDescribingJson json) {
        SchemaKey key = json.schema();
        Compiled schema = schema(key);
        SchemaVersion supersededBy = schema.supersededBy();
        if (supersededBy == null) {
            return new Verdict(key, schema instanceof Usable, violations(key, schema, json, ""));
        }
        SchemaKey superseding = new SchemaKey(key.vendor(), key.name(), key.format(), supersededBy);
        Compiled newer = schema(superseding);
        return new Verdict(
                superseding,
                newer instanceof Usable,
                violations(key, newer, json, " (checked with " + supersededBy + ", which supersedes it)"));
    }

    private List<Violation> violations(SchemaKey key, Compiled schema, SelfDescribingJson json, String note) {
        if (schema instanceof Unusable unusable) {
            return List.of(new Violation(key, "", unusable.reason() + note));
        }
        Usable usable = (Usable) schema;
        if (usable.plain() != null && usable.plain().surelyAccepts(json.data())) {
            return List.of();
        }
        List<Error> errors;
        try {
            errors = errors(usable, json);
        } catch (ValidationLimitExceededException e) {
            return List.of(new Violation(
                    key,
                    "",
                    String.format(
                            Locale.ENGLISH,
                            "cannot be checked: it takes more than %,d steps to check this value by the rules of its schema",
                            e.getLimit())));
        } catch (StackOverflowError e) {
            // Not a circular schema, which is detected when it is compiled: the value is too deep.
            return List.of(new Violation(
                    key,
                    "",
                    "cannot be checked: a value is too long, or nested too deeply, for the rules of its schema"));
        } catch (SchemaException | IllegalArgumentException e) {
            return List.of(new Violation(key, "", "the schema cannot be used: " + firstLine(e)));
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Other errors, above all OutOfMemoryError, concern the process and are not caught.
            return List.of(new Violation(key, "", "cannot be checked (" + e + "); please report this"));
        }
        if (errors.isEmpty()) {
            return List.of();
        }
        List<String> fields = usable.fields();
        return errors.stream()
                .map(error -> ViolationText.of(key, error, fields, note))
                .distinct()
                .sorted(Comparator.comparing(Violation::pointer))
                .limit(BoundedExecution.MAX_ERRORS)
                .toList();
    }

    private static List<Error> errors(Usable schema, SelfDescribingJson json) {
        return schema.schema()
                .validate(
                        BoundedExecution.of(json.data(), schema.refers()), Nodes.of(json.data()), OutputFormat.DEFAULT);
    }

    /** Returns the keywords that data violates, for tests; also empty if the schema cannot be used. */
    Set<String> violatedKeywords(SelfDescribingJson json) {
        return schema(json.schema()) instanceof Usable usable
                ? errors(usable, json).stream().map(Error::getKeyword).collect(Collectors.toCollection(TreeSet::new))
                : Set.of();
    }

    /**
     * Returns the names of the properties that a schema lists at its top level, in its order. May read a local file;
     * never waits for the network.
     *
     * @return unmodifiable; empty if the schema is not known, cannot be used or lists none
     */
    public List<String> fields(SchemaKey key) {
        Usable known = compiled.getIfPresent(key);
        if (known != null) {
            return known.fields();
        }
        try {
            return schema(key) instanceof Usable usable ? usable.fields() : List.of();
        } catch (SchemaUnavailableException e) {
            return List.of();
        }
    }

    /**
     * Returns the text of a schema. May read a local file; never waits for the network.
     *
     * @return empty if the schema is not known, or cannot be used
     */
    public Optional<String> text(SchemaKey key) {
        Usable known = compiled.getIfPresent(key);
        if (known != null) {
            return Optional.of(known.text());
        }
        try {
            return schema(key) instanceof Usable usable ? Optional.of(usable.text()) : Optional.empty();
        } catch (SchemaUnavailableException e) {
            return Optional.empty();
        }
    }

    private Compiled schema(SchemaKey key) {
        long now = System.nanoTime();
        Usable known = compiled.getIfPresent(key);
        if (known != null && now - known.asOf() < FRESH_NANOS) {
            return known;
        }
        Unusable refused = known == null ? unusable.getIfPresent(key) : null;
        if (refused != null && now - refused.asOf() < FRESH_NANOS) {
            return refused;
        }
        Resolver.Resolution resolution = resolver.resolve(key);
        if (resolution instanceof Resolver.Found found) {
            return remember(key, found, known, refused, now);
        } else if (resolution instanceof Resolver.NotFound missing) {
            compiled.invalidate(key);
            Unusable unknown = new Unusable(notFound(missing), null, null, now);
            unusable.put(key, unknown);
            return unknown;
        } else if (known != null) {
            // Keep using the earlier schema while it cannot be looked up.
            Usable still = known.asOf(now);
            compiled.put(key, still);
            return still;
        } else if (resolution instanceof Resolver.Pending pending) {
            throw new SchemaPendingException(key, pending);
        }
        throw new SchemaRefusedException(key, ((Resolver.Refused) resolution).reason());
    }

    private static String notFound(Resolver.NotFound missing) {
        return missing.unreadable().isEmpty()
                ? "the schema is not known (looked in: " + String.join(", ", missing.tried())
                        + "); name the registry that has it with --iglu"
                : String.join("; ", missing.unreadable()) + "; no other registry has the schema";
    }

    private Compiled remember(
            SchemaKey key, Resolver.Found found, @Nullable Usable known, @Nullable Unusable refused, long now) {
        Compiled schema;
        if (known != null && known.text().equals(found.schema())) {
            schema = known.asOf(now);
        } else if (refused != null && found.equals(refused.found())) {
            schema = new Unusable(refused.reason(), found, refused.supersededBy(), now);
        } else {
            schema = compile(key, found, now);
        }
        if (schema instanceof Usable usable) {
            unusable.invalidate(key);
            compiled.put(key, usable);
        } else {
            compiled.invalidate(key);
            unusable.put(key, (Unusable) schema);
        }
        return schema;
    }

    private Compiled compile(SchemaKey key, Resolver.Found found, long now) {
        SchemaCompiler.Compiled compiled = compiler.compile(key, found.schema());
        if (compiled.validator() == null) {
            return new Unusable(
                    "the schema found in " + found.registry() + " cannot be used: "
                            + SchemaCheck.sentence(compiled.problems()),
                    found,
                    compiled.supersededBy(),
                    now);
        }
        return new Usable(
                compiled.validator(),
                compiled.plain(),
                compiled.fields(),
                found.schema(),
                refers(found.schema()),
                compiled.supersededBy(),
                now);
    }

    /** Returns whether the schema may contain a reference; with an escape, the key can be written in other ways. */
    private static boolean refers(String schema) {
        return schema.contains("$ref") || schema.indexOf('\\') >= 0;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }

    private sealed interface Compiled {

        /** The version to check data with instead; null if it is this version. */
        @Nullable
        SchemaVersion supersededBy();
    }

    private record Usable(
            Schema schema,
            @Nullable PlainSchema plain,
            List<String> fields,
            String text,
            boolean refers,
            @Nullable SchemaVersion supersededBy,
            long asOf)
            implements Compiled {

        Usable asOf(long now) {
            return new Usable(schema, plain, fields, text, refers, supersededBy, now);
        }
    }

    private record Unusable(
            String reason,
            Resolver.@Nullable Found found,
            @Nullable SchemaVersion supersededBy,
            long asOf) implements Compiled {}

    /** Returns the bytes that the caches count for their current content, for tests. */
    long rememberedBytes() {
        return Weights.total(compiled) + Weights.total(unusable);
    }
}
