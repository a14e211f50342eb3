package dev.internalevents.migration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.openrewrite.ExecutionContext;
import org.openrewrite.FindSourceFiles;
import org.openrewrite.Option;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.xml.XmlVisitor;
import org.openrewrite.xml.tree.Xml;

/** Replaces a dependency by the client in each {@code pom.xml}. Needs no repository, unlike Maven's recipes. */
public final class ReplaceDependency extends Recipe {

    @Option(displayName = "Old group", description = "Of the dependency to replace.", example = "com.example")
    private final String oldGroupId;

    @Option(displayName = "Old artifact", description = "Of the dependency to replace.", example = "tracker")
    private final String oldArtifactId;

    @Option(displayName = "Version", description = "Of the client.", example = "0.1.0")
    private final String version;

    @JsonCreator
    public ReplaceDependency(
            @JsonProperty("oldGroupId") String oldGroupId,
            @JsonProperty("oldArtifactId") String oldArtifactId,
            @JsonProperty("version") String version) {
        this.oldGroupId = oldGroupId;
        this.oldArtifactId = oldArtifactId;
        this.version = version;
    }

    public String getOldGroupId() {
        return oldGroupId;
    }

    public String getOldArtifactId() {
        return oldArtifactId;
    }

    public String getVersion() {
        return version;
    }

    @Override
    public String getDisplayName() {
        return "Replace a dependency by the client of internal events";
    }

    @Override
    public String getDescription() {
        return "Changes group, artifact and version; a version that is managed elsewhere stays managed.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new FindSourceFiles("**/pom.xml"), new XmlVisitor<ExecutionContext>() {
            @Override
            public Xml visitTag(Xml.Tag tag, ExecutionContext context) {
                Xml.Tag visited = (Xml.Tag) super.visitTag(tag, context);
                if (!visited.getName().equals("dependency")
                        || !has(visited, "groupId", oldGroupId)
                        || !has(visited, "artifactId", oldArtifactId)) {
                    return visited;
                }
                Xml.Tag client = visited.withChildValue("groupId", "dev.internalevents")
                        .withChildValue("artifactId", "internal-events-client");
                return visited.getChild("version").isPresent() ? client.withChildValue("version", version) : client;
            }
        });
    }

    private static boolean has(Xml.Tag tag, String child, String value) {
        return tag.getChildValue(child).filter(value::equals).isPresent();
    }
}
