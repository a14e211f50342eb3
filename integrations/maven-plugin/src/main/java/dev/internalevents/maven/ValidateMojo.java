package dev.internalevents.maven;

import dev.internalevents.definitions.Dictionary;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/** Fails the build when a definition of an event or a metric is wrong. */
@Mojo(name = "validate", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
public final class ValidateMojo extends DefinitionsMojo {

    @Override
    public void execute() throws MojoFailureException {
        if (!isSkipped()) {
            Dictionary dictionary = dictionary();
            getLog().info("the definitions are right; events: "
                    + dictionary.events().size() + ", metrics: "
                    + dictionary.metrics().size());
        }
    }
}
