package dev.internalevents.iglu;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The validator of Snowplow's pipeline, networknt's json-schema-validator 1.0.76, set up as Snowplow documents and uses
 * it: draft 4, no casts between types, an empty schema for schemas on the network. It has the same package names as the
 * library of the product, so it is loaded separately and called by reflection.
 */
final class PipelineValidator implements AutoCloseable {

    private static final Path FOLDER = Path.of(System.getProperty("pipeline.validator", "target/pipeline-validator"));
    private static final String NETWORKNT = "com.networknt.schema.";

    /** The rules that it names differently from the keyword. */
    private static final Map<String, String> KEYWORDS =
            Map.of("unionType", "type", "dateTime", "format", "uuid", "format");

    private final URLClassLoader loader;
    private final Object mapper;
    private final Object plain;
    private final Object iglu;

    /** The result for one value: the violated keywords; empty if the value is valid. */
    record Answer(boolean thrown, Set<String> keywords) {

        boolean good() {
            return !thrown && keywords.isEmpty();
        }
    }

    static boolean isThere() {
        return Files.isDirectory(FOLDER);
    }

    PipelineValidator() throws ReflectiveOperationException {
        loader = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader());
        mapper = type("com.fasterxml.jackson.databind.ObjectMapper")
                .getConstructor()
                .newInstance();
        Class<?> factory = type(NETWORKNT + "JsonSchemaFactory");
        Class<?> flag = type(NETWORKNT + "SpecVersion$VersionFlag");
        plain = factory.getMethod("getInstance", flag)
                .invoke(null, flag.getField("V4").get(null));
        iglu = igluFactory(factory);
    }

    private Object igluFactory(Class<?> factory) throws ReflectiveOperationException {
        Class<?> metaSchema = type(NETWORKNT + "JsonMetaSchema");
        Class<?> keyword = type(NETWORKNT + "Keyword");
        Object named = metaSchema
                .getMethod("builder", String.class, metaSchema)
                .invoke(
                        null,
                        SchemaCompiler.IGLU_META_SCHEMA,
                        metaSchema.getMethod("getV4").invoke(null));
        Object self = type(NETWORKNT + "NonValidationKeyword")
                .getConstructor(String.class)
                .newInstance("self");
        named.getClass().getMethod("addKeyword", keyword).invoke(named, self);
        Object builder = factory.getMethod("builder", factory).invoke(null, plain);
        Class<?> building = builder.getClass();
        building.getMethod("addMetaSchema", metaSchema)
                .invoke(builder, named.getClass().getMethod("build").invoke(named));
        building.getMethod("forceHttps", boolean.class).invoke(builder, false);
        building.getMethod("removeEmptyFragmentSuffix", boolean.class).invoke(builder, false);
        Class<?> fetcher = type(NETWORKNT + "uri.URIFetcher");
        Object anything = Proxy.newProxyInstance(
                loader,
                new Class<?>[] {fetcher},
                (proxy, method, arguments) -> new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
        building.getMethod("uriFetcher", fetcher, String[].class)
                .invoke(builder, anything, new String[] {"http", "https"});
        return building.getMethod("build").invoke(builder);
    }

    private static URL[] jars() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(PipelineValidator::url).toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, loader);
    }

    /** Compiles a schema of Iglu, which is not checked itself. */
    Object schema(String text) throws ReflectiveOperationException {
        Class<?> config = type(NETWORKNT + "SchemaValidatorsConfig");
        Object strict = config.getConstructor().newInstance();
        config.getMethod("setTypeLoose", boolean.class).invoke(strict, false);
        return iglu.getClass()
                .getMethod("getSchema", type("com.fasterxml.jackson.databind.JsonNode"), config)
                .invoke(iglu, node(text), strict);
    }

    /** Compiles the schema of draft 4, or another without Iglu's {@code $schema}. */
    Object plainSchema(String text) throws ReflectiveOperationException {
        return plain.getClass()
                .getMethod("getSchema", type("com.fasterxml.jackson.databind.JsonNode"))
                .invoke(plain, node(text));
    }

    Answer validate(Object schema, String data) throws ReflectiveOperationException {
        Set<String> keywords = new TreeSet<>();
        try {
            Object messages = schema.getClass()
                    .getMethod("validate", type("com.fasterxml.jackson.databind.JsonNode"))
                    .invoke(schema, node(data));
            for (Object message : (Set<?>) messages) {
                String rule = (String) message.getClass().getMethod("getType").invoke(message);
                keywords.add(KEYWORDS.getOrDefault(rule, rule));
            }
        } catch (InvocationTargetException e) {
            return new Answer(true, Set.of());
        }
        return new Answer(false, keywords);
    }

    private Object node(String json) throws ReflectiveOperationException {
        return mapper.getClass().getMethod("readTree", String.class).invoke(mapper, json);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    /** Returns the strings on which formats are compared, with small changes. */
    static List<String> formats() {
        return List.of(
                "date",
                "date-time",
                "time",
                "email",
                "idn-email",
                "hostname",
                "ipv4",
                "ip-address",
                "ipv6",
                "uri",
                "iri",
                "uri-reference",
                "uri-template",
                "uuid",
                "regex",
                "json-pointer",
                "duration",
                "color",
                "phone",
                "alpha",
                "alphanumeric",
                "utc-millisec",
                "style",
                "no-such-format");
    }
}
