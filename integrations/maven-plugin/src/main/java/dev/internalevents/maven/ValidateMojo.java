package dev.internalevents.maven;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Owners;
import dev.internalevents.definitions.Reading;
import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Fails the build when a definition of an event or a metric is wrong. */
@Mojo(name = "validate", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
public final class ValidateMojo extends DefinitionsMojo {

    /** What GitLab's own CI refuses is an error; otherwise it is a warning. */
    @Parameter(property = "internal-events.strict", defaultValue = "false")
    private boolean strict;

    /** YAML file with the groups and categories that there are; without it every group and category is right. */
    @Parameter(property = "internal-events.groups")
    private @Nullable File groups;

    @Override
    public void execute() throws MojoFailureException {
        if (!isSkipped()) {
            Reading reading = read(owners());
            Dictionary dictionary = dictionary(strict ? reading.strict() : reading);
            getLog().info("the definitions are right; events: "
                    + dictionary.events().size() + ", metrics: "
                    + dictionary.metrics().size());
        }
    }

    private Owners owners() throws MojoFailureException {
        if (groups == null) {
            return Owners.ANY;
        }
        try {
            return Owners.read(groups.toPath());
        } catch (IOException e) {
            throw new MojoFailureException("the file of groups cannot be used: " + e.getMessage(), e);
        }
    }
}
