package dev.internalevents.iglu;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks self-describing data against the schema that it names, by the rules of JSON Schema draft 4. A schema is looked
 * up again after a second, so that a file that is edited counts at once. Safe for use by several threads.
 */
public final class SchemaValidator {

    private static final long FRESH_NANOS = 1_000_000_000L;
    /** The meta-schema itself, which the library brings along. */
    private static final String DRAFT_4 = "http://json-schema.org/draft-04/schema";

    private static final int MAX_CACHED = 2_000;
    private static final int MAX_VIOLATIONS = 50;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Resolver resolver;
    private final Map<SchemaKey, Cached> cache = new ConcurrentHashMap<>();
    private final SchemaRegistry draft4 = SchemaRegistry.withDefaultDialect(
            Dialects.getDraft4(),
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

    /**
     * Checks data against the schema that it names. May block for reading a schema.
     *
     * @throws RegistryUnavailableException when the schema is not known yet and cannot be looked up now
     * @return what is wrong, in the order of the data's fields; empty when nothing is
     */
    public List<Violation> validate(SelfDescribingJson json) {
        SchemaKey key = json.schema();
        Compiled compiled = compiled(key);
        if (compiled instanceof Unusable unusable) {
            return List.of(new Violation(key, "", unusable.reason()));
        }
        JsonNode data = Nodes.of(json.data());
        List<Error> errors;
        try {
            errors = ((Usable) compiled).schema().validate(data);
        } catch (StackOverflowError e) {
            return List.of(new Violation(key, "", "the schema leads in a circle ($ref) and cannot be followed"));
        } catch (SchemaException | IllegalArgumentException e) {
            return List.of(new Violation(key, "", "the schema cannot be used: " + firstLine(e)));
        }
        return errors.stream()
                .map(error -> violation(key, error))
                .distinct()
                .sorted(Comparator.comparing(Violation::pointer))
                .limit(MAX_VIOLATIONS)
                .toList();
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
            String expected =
                    String.valueOf(arguments[1]).replaceAll("[\\[\\]]", "").replace(", ", " or ");
            return "is of type " + arguments[0] + ", expected " + expected;
        } else if ("required".equals(error.getKeyword()) && error.getProperty() != null) {
            return "the required field \"" + error.getProperty() + "\" is missing";
        }
        return error.getMessage();
    }

    private Compiled compiled(SchemaKey key) {
        Cached cached = cache.get(key);
        long now = System.nanoTime();
        if (cached != null && now - cached.asOf() < FRESH_NANOS) {
            return cached.compiled();
        }
        Resolver.Resolution resolution;
        try {
            resolution = resolver.resolve(key);
        } catch (RegistryUnavailableException e) {
            if (cached != null && cached.compiled() instanceof Usable) {
                return cached.compiled();
            }
            throw e;
        }
        Compiled compiled =
                cached != null && cached.resolution().equals(resolution) ? cached.compiled() : compile(key, resolution);
        if (cache.size() >= MAX_CACHED && cached == null) {
            // Names come from strangers: a flood of made-up ones must not fill the memory.
            cache.clear();
        }
        cache.put(key, new Cached(resolution, compiled, now));
        return compiled;
    }

    private Compiled compile(SchemaKey key, Resolver.Resolution resolution) {
        if (resolution instanceof Resolver.NotFound missing) {
            return new Unusable("the schema is not known (looked in: " + String.join(", ", missing.tried())
                    + "); name the registry that has it with --iglu");
        }
        Resolver.Found found = (Resolver.Found) resolution;
        try {
            if (!(JSON.readTree(found.schema()) instanceof ObjectNode schema)) {
                return unusable(found, "it is not a JSON object");
            }
            String mismatch = mismatch(key, schema.get("self"));
            if (mismatch != null) {
                return unusable(found, mismatch);
            }
            // Iglu's own meta-schema is draft 4 with a self block; a validator knows neither its name nor the block.
            schema.remove(List.of("$schema", "self", "id"));
            Schema compiled = draft4.getSchema(schema);
            compiled.initializeValidators();
            return new Usable(compiled);
        } catch (JacksonException | SchemaException | IllegalArgumentException e) {
            return unusable(found, firstLine(e));
        } catch (StackOverflowError e) {
            return unusable(found, "it is nested too deeply, or leads in a circle ($ref)");
        }
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

    private static Unusable unusable(Resolver.Found found, String reason) {
        return new Unusable("the schema found in " + found.registry() + " cannot be used: " + reason);
    }

    private sealed interface Compiled {}

    private record Usable(Schema schema) implements Compiled {}

    private record Unusable(String reason) implements Compiled {}

    private record Cached(Resolver.Resolution resolution, Compiled compiled, long asOf) {}
}
