package dev.internalevents.maven;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.check.Owners;
import dev.internalevents.definitions.Reading;
import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Fails the build if a definition of an event or a metric is invalid. */
@Mojo(name = "validate", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
public final class ValidateMojo extends DefinitionsMojo {

    /** Whether problems that GitLab's own CI rejects are errors; if false, they are warnings. */
    @Parameter(property = "internal-events.strict", defaultValue = "false")
    private boolean strict;

    /** YAML file that lists the existing groups and categories; without it every group and category is accepted. */
    @Parameter(property = "internal-events.groups")
    private @Nullable File groups;

    @Override
    public void execute() throws MojoFailureException {
        if (!isSkipped()) {
            Reading reading = read(owners());
            Dictionary dictionary = dictionary(strict ? reading.strict() : reading);
            getLog().info("the definitions are valid; events: "
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
            throw new MojoFailureException("the groups file cannot be used: " + e.getMessage(), e);
        }
    }
}
