package dev.internalevents.architecture;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession.CloseableSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.WorkspaceReader;
import org.eclipse.aether.repository.WorkspaceRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.supplier.SessionBuilderSupplier;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/**
 * A project that imports the BOM and nothing else of this repository. Its class paths are resolved by Maven's own
 * resolver, from the poms and jars that this build makes; libraries come from the local repository, or are downloaded.
 */
final class OutsideProject implements AutoCloseable {

    private static final String GROUP = "dev.internalevents";
    private static final String BOM = "internal-events-bom";
    private static final List<RemoteRepository> CENTRAL =
            List.of(new RemoteRepository.Builder("central", "default", "https://repo.maven.apache.org/maven2").build());

    private final RepositorySystem system;
    private final CloseableSession session;
    private final List<Dependency> managed;

    private OutsideProject(RepositorySystem system, CloseableSession session) throws Exception {
        this.system = system;
        this.session = session;
        ArtifactDescriptorRequest bom = new ArtifactDescriptorRequest(artifact(BOM, "pom"), CENTRAL, "");
        this.managed = system.readArtifactDescriptor(session, bom).getManagedDependencies();
    }

    static OutsideProject open() throws Exception {
        RepositorySystem system = new RepositorySystemSupplier().get();
        // "simple": takes a file whichever repository it was downloaded from.
        return new OutsideProject(
                system,
                new SessionBuilderSupplier(system)
                        .get()
                        .withLocalRepositories(new LocalRepository(localRepository(), "simple"))
                        .setWorkspaceReader(new ThisBuild())
                        .build());
    }

    /** The local repository of this build; Surefire sets the property. */
    private static Path localRepository() {
        String ofBuild = System.getProperty("localRepository");
        return ofBuild == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(ofBuild);
    }

    /** Returns the class path at run time of a project with these artifacts as dependencies without a version. */
    List<Artifact> classPath(String... artifacts) throws Exception {
        List<Dependency> direct = Arrays.stream(artifacts)
                .map(name -> new Dependency(
                        managed.stream()
                                .map(Dependency::getArtifact)
                                .filter(artifact -> artifact.getArtifactId().equals(name))
                                .findFirst()
                                .orElseThrow(() -> new IllegalStateException(name + " is not in the BOM")),
                        JavaScopes.COMPILE))
                .toList();
        DependencyRequest request = new DependencyRequest(
                new CollectRequest(direct, managed, CENTRAL),
                DependencyFilterUtils.classpathFilter(JavaScopes.COMPILE, JavaScopes.RUNTIME));
        return system.resolveDependencies(session, request).getArtifactResults().stream()
                .map(ArtifactResult::getArtifact)
                .toList();
    }

    private static Artifact artifact(String name, String extension) {
        String version = SourceTree.find(SourceTree.HOME.resolve("pom.xml"), "<version>([^<]+)</version>")
                .get(0);
        return new DefaultArtifact(GROUP, name, extension, version);
    }

    @Override
    public void close() {
        session.close();
        system.close();
    }

    /** The artifacts of this build, as they are published. */
    private static final class ThisBuild implements WorkspaceReader {

        private final WorkspaceRepository repository = new WorkspaceRepository("this build");
        private final Map<String, String> modules =
                SourceTree.modules().stream().collect(Collectors.toMap(SourceTree::artifactOf, Function.identity()));

        @Override
        public WorkspaceRepository getRepository() {
            return repository;
        }

        @Override
        public Path findArtifactPath(Artifact artifact) {
            return artifact.getGroupId().equals(GROUP) ? published(artifact).orElse(null) : null;
        }

        private Optional<Path> published(Artifact artifact) {
            if (artifact.getExtension().equals("pom")) {
                return Optional.of(pom(artifact.getArtifactId()));
            }
            return Optional.ofNullable(modules.get(artifact.getArtifactId())).map(PackagedModules::jarOf);
        }

        private Path pom(String artifactId) {
            String module = modules.get(artifactId);
            if (module == null) {
                return SourceTree.HOME.resolve("pom.xml");
            }
            if (!artifactId.equals(BOM)) {
                return SourceTree.pomOf(module);
            }
            Path published = SourceTree.HOME.resolve(module).resolve("target/.flattened-pom.xml");
            if (!Files.exists(published)) {
                throw new IllegalStateException(published + " is missing; run ./mvnw verify");
            }
            return published;
        }

        @Override
        public File findArtifact(Artifact artifact) {
            Path path = findArtifactPath(artifact);
            return path == null ? null : path.toFile();
        }

        @Override
        public List<String> findVersions(Artifact artifact) {
            return Stream.of(artifact.getVersion()).toList();
        }
    }
}
