package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.ValidationLimitExceededException;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks self-describing data against the schema that it names, by the rules of JSON Schema draft 4. A schema is asked for
 * again after a second, so that a file that is edited counts at once. Compiled schemas are remembered up to a number of
 * bytes. Safe for use by several threads.
 */
public final class SchemaValidator {

    private static final long FRESH_NANOS = 1_000_000_000L;
    /** The meta-schema itself, which the library brings along. */
    private static final String DRAFT_4 = "http://json-schema.org/draft-04/schema";

    private static final long MAX_COMPILED_BYTES = 64 << 20;
    private static final long MAX_UNUSABLE_BYTES = 8 << 20;
    /** A compiled schema takes about this many times the bytes of its text. */
    private static final int COMPILED = 20;

    private static final Pattern BRACKETS = Pattern.compile("[\\[\\]]");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Resolver resolver;
    private final Cache<SchemaKey, Usable> compiled = Caffeine.newBuilder()
            .maximumWeight(MAX_COMPILED_BYTES)
            .weigher(SchemaValidator::weight)
            .build();
    /** Apart from the others, so that made-up names do not displace schemas that are used. */
    private final Cache<SchemaKey, Unusable> unusable = Caffeine.newBuilder()
            .maximumWeight(MAX_UNUSABLE_BYTES)
            .weigher((SchemaKey key, Unusable schema) -> Weights.of(key)
                    + Weights.of(schema.reason())
                    + (schema.found() == null ? 0 : Weights.of(schema.found().schema())))
            .build();

    private final SchemaRegistry draft4 = SchemaRegistry.withDefaultDialect(
            BoundedFormats.draft4(),
            // A schema that points to somewhere on the network is refused: nothing is ever fetched from there.
            builder -> builder.schemaLoader(loader -> loader.fetchRemoteResources(false)
                            .block(iri -> !iri.toString().startsWith(DRAFT_4)))
                    .schemaCacheEnabled(false)
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .locale(Locale.ENGLISH)
                            .formatAssertionsEnabled(true)
                            .regularExpressionFactory(new BoundedRegularExpressions())
                            .build()));

    public SchemaValidator(Resolver resolver) {
        this.resolver = resolver;
    }

    /** One large schema is remembered too, though it alone would fill the cache. */
    private static int weight(SchemaKey key, Usable schema) {
        long bytes = (long) Weights.of(schema.text()) * COMPILED / 2;
        return (int) Math.min(Weights.of(key) + bytes, MAX_COMPILED_BYTES / 2);
    }

    /**
     * Checks data against the schema that it names. May read a local file; never waits for the network.
     *
     * @return what is wrong, in the order of the data's fields; empty if nothing is. A schema that no registry has, or that
     *     cannot be used, is one violation of the whole
     * @throws SchemaPendingException if the schema is not known and is being looked up, or its registry does not answer;
     *     nothing is known about the data
     * @throws SchemaRefusedException if the schema is not known and its registry refuses to give it out; nothing is known
     *     about the data
     */
    public List<Violation> validate(SelfDescribingJson json) {
        SchemaKey key = json.schema();
        Compiled schema = schema(key);
        if (schema instanceof Unusable reason) {
            return List.of(new Violation(key, "", reason.reason()));
        }
        List<Error> errors;
        try {
            Usable usable = (Usable) schema;
            errors = usable.schema()
                    .validate(
                            BoundedExecution.of(json.data(), usable.refers()),
                            Nodes.of(json.data()),
                            OutputFormat.DEFAULT);
        } catch (ValidationLimitExceededException e) {
            return List.of(new Violation(
                    key,
                    "",
                    String.format(
                            Locale.ENGLISH,
                            "cannot be checked: it takes more than %,d steps to check this value by the rules of its schema",
                            e.getLimit())));
        } catch (StackOverflowError e) {
            // Circles of the schema were found when it was compiled.
            return List.of(new Violation(
                    key,
                    "",
                    "cannot be checked: a value is too long, or nested too deeply, for the rules of its schema"));
        } catch (SchemaException | IllegalArgumentException e) {
            return List.of(new Violation(key, "", "the schema cannot be used: " + firstLine(e)));
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Other errors, above all a lack of memory, are those of the process.
            return List.of(new Violation(key, "", "cannot be checked (" + e + "); please report this"));
        }
        return errors.stream()
                .map(error -> violation(key, error))
                .distinct()
                .sorted(Comparator.comparing(Violation::pointer))
                .limit(BoundedExecution.MAX_ERRORS)
                .toList();
    }

    /**
     * Returns the names of the properties that a schema lists at its top level, in its order. May read a local file; never
     * waits for the network.
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

    private static Violation violation(SchemaKey key, Error error) {
        String pointer = error.getInstanceLocation() == null
                ? ""
                : error.getInstanceLocation().toString();
        return new Violation(key, pointer, message(error));
    }

    /** In a developer's words where the library's are short. */
    private static String message(Error error) {
        Object[] arguments = error.getArguments();
        if ("type".equals(error.getKeyword()) && arguments != null && arguments.length == 2) {
            String expected = BRACKETS.matcher(String.valueOf(arguments[1]))
                    .replaceAll("")
                    .replace(", ", " or ");
            return "is of type " + arguments[0] + ", expected " + expected;
        } else if ("required".equals(error.getKeyword()) && error.getProperty() != null) {
            return "the required field \"" + error.getProperty() + "\" is missing";
        }
        return error.getMessage();
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
            Unusable unknown = new Unusable(
                    "the schema is not known (looked in: " + String.join(", ", missing.tried())
                            + "); name the registry that has it with --iglu",
                    null,
                    now);
            unusable.put(key, unknown);
            return unknown;
        } else if (known != null) {
            // What was found before counts while it cannot be looked up.
            Usable still = known.asOf(now);
            compiled.put(key, still);
            return still;
        } else if (resolution instanceof Resolver.Pending pending) {
            throw new SchemaPendingException(key, pending);
        }
        throw new SchemaRefusedException(key, ((Resolver.Refused) resolution).reason());
    }

    private Compiled remember(
            SchemaKey key, Resolver.Found found, @Nullable Usable known, @Nullable Unusable refused, long now) {
        Compiled schema;
        if (known != null && known.text().equals(found.schema())) {
            schema = known.asOf(now);
        } else if (refused != null && found.equals(refused.found())) {
            schema = new Unusable(refused.reason(), found, now);
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
        try {
            if (!(JSON.readTree(found.schema()) instanceof ObjectNode schema)) {
                return unusable(found, "it is not a JSON object", now);
            }
            String mismatch = mismatch(key, schema.get("self"));
            if (mismatch != null) {
                return unusable(found, mismatch, now);
            }
            // Iglu's own meta-schema is draft 4 with a self block; a validator knows neither its name nor the block.
            schema.remove(List.of("$schema", "self", "id"));
            String circle = RefCircles.find(schema);
            if (circle != null) {
                return unusable(found, circle, now);
            }
            Schema compiled = draft4.getSchema(schema);
            compiled.initializeValidators();
            List<String> fields = List.copyOf(schema.path("properties").propertyNames());
            return new Usable(compiled, fields, found.schema(), refers(found.schema()), now);
        } catch (JacksonException | SchemaException | IllegalArgumentException e) {
            return unusable(found, firstLine(e), now);
        } catch (StackOverflowError e) {
            return unusable(found, "it is nested too deeply", now);
        }
    }

    /** With an escape, a key may be written in other ways. */
    private static boolean refers(String schema) {
        return schema.contains("$ref") || schema.indexOf('\\') >= 0;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }

    private static @Nullable String mismatch(SchemaKey key, @Nullable JsonNode self) {
        if (self == null) {
            return null;
        }
        String named = self.path("vendor").asString("") + "/"
                + self.path("name").asString("") + "/" + self.path("format").asString("") + "/"
                + self.path("version").asString("");
        return named.equals(key.path()) ? null : "its self block names " + named;
    }

    private static Unusable unusable(Resolver.Found found, String reason, long now) {
        return new Unusable("the schema found in " + found.registry() + " cannot be used: " + reason, found, now);
    }

    private sealed interface Compiled {}

    private record Usable(Schema schema, List<String> fields, String text, boolean refers, long asOf)
            implements Compiled {

        Usable asOf(long now) {
            return new Usable(schema, fields, text, refers, now);
        }
    }

    private record Unusable(String reason, Resolver.@Nullable Found found, long asOf) implements Compiled {}

    /** The bytes that the caches count for what they hold now, for tests. */
    long rememberedBytes() {
        return Weights.total(compiled) + Weights.total(unusable);
    }
}
