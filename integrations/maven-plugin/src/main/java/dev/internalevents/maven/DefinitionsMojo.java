package dev.internalevents.maven;

import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.check.Owners;
import dev.internalevents.definitions.Reading;
import java.io.File;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;

/** Common part of every goal: reads the definitions, and fails the build if any is invalid. */
abstract class DefinitionsMojo extends AbstractMojo {

    /** The folder with {@code config/events} and {@code config/metrics}, or {@code events} and {@code metrics}. */
    @Parameter(
            property = "internal-events.definitions",
            defaultValue = "${project.basedir}/src/main/resources/internal-events")
    @SuppressWarnings("NullAway.Init") // Set by Maven.
    private File definitions;

    /** Skips the goal. */
    @Parameter(property = "internal-events.skip", defaultValue = "false")
    private boolean skip;

    boolean isSkipped() {
        if (skip) {
            getLog().info("skipped");
        }
        return skip;
    }

    Dictionary dictionary() throws MojoFailureException {
        return dictionary(read(Owners.ANY));
    }

    Reading read(Owners owners) {
        return DefinitionFiles.read(definitions.toPath(), owners);
    }

    Dictionary dictionary(Reading reading) throws MojoFailureException {
        reading.errors().forEach(error -> getLog().error(error.toString()));
        if (!reading.warnings().isEmpty()) {
            getLog().warn(count(reading.warnings().size(), "warning")
                    + "; internal-events validate --warnings shows them");
        }
        if (!reading.errors().isEmpty()) {
            throw new MojoFailureException(count(reading.errors().size(), "error") + " in the definitions in "
                    + definitions + "; the first: " + reading.errors().get(0));
        }
        return reading.dictionary();
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
