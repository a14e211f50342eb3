package dev.internalevents.docs;

import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks YAML, JSON, properties, XML and Gradle: that they parse, and that the names in them exist. */
final class Data {

    private static final String GROUP = "dev.internalevents";
    private static final Pattern GRADLE = Pattern.compile("\"([a-zA-Z0-9.-]+):([a-zA-Z0-9.-]+)(?::([^\"]+))?\"");

    private final Set<String> springProperties = new HashSet<>();
    private final String poms;
    private final Path folder;

    Data(Path folder) throws IOException {
        this.folder = folder;
        Path metadata = Page.HOME.resolve(
                "integrations/spring-boot-starter/target/classes/META-INF/spring-configuration-metadata.json");
        for (JsonNode property : JsonMapper.shared().readTree(metadata.toFile()).path("properties")) {
            springProperties.add(property.path("name").asString());
        }
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Page.HOME, 3)) {
            files.filter(file -> file.endsWith("pom.xml")).forEach(file -> all.append(Page.text(file)));
        }
        poms = all.toString();
    }

    void json(Block block) {
        JsonMapper.shared().readTree(block.text());
    }

    /** A request's path is one of a class, and its body is JSON. */
    void http(Block block) {
        String[] parts = block.text().split("\n\n", 2);
        String path = parts[0].split("\\s+")[1];
        check(Shell.Sources.STRINGS.contains("\"" + path + "\""), path + " is not in any class");
        JsonMapper.shared().readTree(parts[1]);
    }

    /** The keys of an application.properties exist: ours in the starter's metadata, a logger's as a class. */
    void properties(Block block) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(block.text()));
        for (String name : properties.stringPropertyNames()) {
            springProperty(name);
        }
    }

    private void springProperty(String name) throws ClassNotFoundException {
        if (name.startsWith("logging.level.")) {
            Class.forName(name.substring("logging.level.".length()));
        } else if (name.startsWith("internal-events.")) {
            boolean known = springProperties.contains(name)
                    || springProperties.stream().anyMatch(property -> name.startsWith(property + "."));
            check(known, name + " is not a property of the starter");
        }
    }

    /** A definition is valid, settings of Spring exist, anything else parses. */
    void yaml(Block block) throws Exception {
        Object value = new Load(LoadSettings.builder().build()).loadFromString(block.text());
        if (value instanceof Map<?, ?> map) {
            if (map.containsKey("key_path") || map.containsKey("action") || map.containsKey("extra_trackers")) {
                definition(map);
            } else if (map.containsKey("internal-events")) {
                flatten("", map);
            }
        } else {
            // A comment that names a schema for editors
            Matcher schema = Pattern.compile("\\$schema=\\./(\\S+)").matcher(block.text());
            check(schema.find(), "is empty");
            Path file =
                    Page.HOME.resolve("definitions/src/main/resources/schemas").resolve(schema.group(1));
            check(Files.exists(file), file + " does not exist");
        }
    }

    private void flatten(String prefix, Map<?, ?> map) throws ClassNotFoundException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = prefix + entry.getKey();
            if (entry.getValue() instanceof Map<?, ?> inner) {
                flatten(name + ".", inner);
            } else {
                springProperty(name);
            }
        }
    }

    /** Events that a metric counts and its page does not define are defined here; so is the rest of a part of one. */
    private void definition(Map<?, ?> definition) throws IOException {
        Path config = Files.createTempDirectory(folder, "definitions");
        Map<Object, Object> whole = new java.util.LinkedHashMap<>(definition);
        if (definition.containsKey("extra_trackers")) {
            whole.putAll(event("an_event"));
            whole.put("extra_trackers", definition.get("extra_trackers"));
        }
        boolean isEvent = whole.containsKey("action");
        String name = String.valueOf(isEvent ? whole.get("action") : "metric");
        write(config.resolve(isEvent ? "events" : "metrics").resolve(name + ".yml"), whole);
        if (whole.get("events") instanceof List<?> events) {
            for (Object rule : events) {
                String counted = String.valueOf(((Map<?, ?>) rule).get("name"));
                write(config.resolve("events").resolve(counted + ".yml"), event(counted));
            }
        }
        Reading reading = DefinitionFiles.read(config);
        check(reading.errors().isEmpty(), String.valueOf(reading.errors()));
    }

    private static Map<String, Object> event(String name) {
        return Map.of(
                "description",
                "An event of a page",
                "internal_events",
                true,
                "action",
                name,
                "identifiers",
                List.of("user", "project", "namespace"),
                "product_group",
                "pages",
                "milestone",
                "18.1",
                "tiers",
                List.of("free"),
                "additional_properties",
                Map.of("label", Map.of("description", "A label"), "language", Map.of("description", "A language")));
    }

    private static void write(Path file, Map<?, ?> content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, new Dump(DumpSettings.builder().build()).dumpToString(content));
    }

    /** Dependencies and plugins of ours are modules with this version; versions of others are those of the build. */
    void xml(Block block) throws Exception {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new StringReader("<page>"
                        + block.text().replaceFirst("<\\?xml[^>]*>", "").replace("…", "") + "</page>")))
                .getDocumentElement();
        for (String kind : List.of("dependency", "plugin")) {
            NodeList found = root.getElementsByTagName(kind);
            for (int i = 0; i < found.getLength(); i++) {
                Element element = (Element) found.item(i);
                coordinates(child(element, "groupId"), child(element, "artifactId"), child(element, "version"));
            }
        }
    }

    /** The same for the coordinates in a Gradle script. */
    void gradle(Block block) {
        Matcher found = GRADLE.matcher(block.text());
        while (found.find()) {
            coordinates(found.group(1), found.group(2), found.group(3) == null ? "" : found.group(3));
        }
    }

    private void coordinates(String group, String artifact, String version) {
        if (group.equals(GROUP)) {
            check(poms.contains("<artifactId>" + artifact + "</artifactId>"), artifact + " is not a module");
            check(
                    version.isEmpty() || version.equals(version()),
                    artifact + " has the version " + version + ", not " + version());
        } else if (!version.isEmpty() && !version.startsWith("$")) {
            check(
                    poms.contains(">" + version + "<"),
                    group + ":" + artifact + ":" + version + ": no pom of this repository has this version");
        }
    }

    private String version() {
        Matcher found = Pattern.compile("<artifactId>internal-events</artifactId>\\s*<version>([^<]+)")
                .matcher(poms);
        check(found.find(), "pom.xml has no version");
        return found.group(1);
    }

    private static String child(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    private static void check(boolean condition, String problem) {
        if (!condition) {
            throw new AssertionError(problem);
        }
    }

    /** Returns the commands in a compose file or a pipeline, such as {@code [micro, --compat, micro]}. */
    static List<List<String>> commands(Object yaml) {
        List<List<String>> found = new ArrayList<>();
        if (yaml instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if ("command".equals(key) && value instanceof List<?> list) {
                    found.add(list.stream().map(String::valueOf).toList());
                } else {
                    found.addAll(commands(value));
                }
            });
        } else if (yaml instanceof List<?> list) {
            list.forEach(item -> found.addAll(commands(item)));
        }
        return found;
    }
}
