package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.audit.ManifestAudit;
import aeterna.chaos.cluster.KubernetesFields;
import aeterna.chaos.cluster.TopologyFile;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each profile says of itself is what the audit finds, on both topologies. */
class ProfilesTest {
    private static final Path FOLDER = Path.of("stack");

    /** What only a running stack shows. */
    private static final Set<Flaw.Kind> LIVE = EnumSet.of(
            Flaw.Kind.WRITES_STOP,
            Flaw.Kind.ONE_COPY,
            Flaw.Kind.ALERT_NEVER_FIRES,
            Flaw.Kind.ALERT_FIRES,
            Flaw.Kind.NOT_WATCHED,
            Flaw.Kind.UNSTEADY);

    private static Topology topology(String name) {
        return new TopologyFile(Path.of("kind-config")).read(name);
    }

    /** @param upstream the components that run upstream's software */
    private static List<Yaml> objects(String profile, String... upstream) {
        var real = RealFlavours.read(FOLDER);
        var names = Stream.concat(
                Stack.images(Set.of(upstream)).stream(),
                Stream.of(upstream)
                        .flatMap(id -> real.get(id).images().keySet().stream())
                        .map(name -> RealFlavours.PREFIX + name));
        return new Stack(
                        new FakeCluster().on(new FakeMachines("node-1")),
                        FOLDER,
                        Profile.read(FOLDER, profile),
                        names.collect(Collectors.toMap(
                                name -> name,
                                name -> new Image(name, Image.Flavour.OFFLINE, "registry/" + name + ":1"))),
                        Map.of(),
                        new FakeTime())
                .objects();
    }

    @ParameterizedTest
    @CsvSource({
        "recommended, three-zones, 0",
        "recommended, two-zones, 2",
        "as-documented, three-zones, 10",
        "as-documented, two-zones, 15"
    })
    void whatAProfileCannotBeIsKnown(String profile, String topology, int flaws) {
        var known = Profile.read(FOLDER, profile).expected().on(topology(topology));

        var found = ManifestAudit.distinct(ManifestAudit.of(objects(profile), topology(topology)));

        assertThat(found).filteredOn(flaw -> !known.has(flaw)).isEmpty();
        assertThat(known.missingFrom(found))
                .filteredOn(entry -> !LIVE.contains(entry.kind()))
                .isEmpty();
        assertThat(found).hasSize(flaws);
    }

    @Test
    void whatIsAppliedHasOnlyFieldsThatKubernetesHas() {
        var fields = KubernetesFields.ofRelease();
        var objects = objects("as-documented");

        assertThat(objects).hasSizeGreaterThan(50);
        assertThat(objects.stream().map(fields::known).flatMap(object -> fields.unknown(object).stream()))
                .isEmpty();
    }

    /** CloudNativePG's resources by the schema of its pinned release, everything else by Kubernetes'. */
    @ParameterizedTest
    @CsvSource({
        "recommended, postgres",
        "recommended, postgres pooler",
        "recommended, cache",
        "recommended, qdrant",
        "recommended, opal",
        "recommended, api",
        "recommended, api cache opal pooler postgres qdrant",
        "as-documented, postgres",
        "as-documented, postgres pooler",
        "as-documented, api opal pooler postgres qdrant"
    })
    void whatUpstreamIsToldIsWhatItReads(String profile, String upstream) {
        var fields = KubernetesFields.ofRelease();
        var known = Profile.read(FOLDER, profile).expected();

        var objects = objects(profile, upstream.split(" "));

        assertThat(objects)
                .allSatisfy(object -> assertThat(fields.unknown(object))
                        .as(Change.id(object))
                        .allMatch(path -> known.has(Flaw.Kind.DROPPED, Change.id(object) + " " + path)));
        assertThat(objects.stream()
                        .map(object -> object.get("kind").text())
                        .filter(kind ->
                                List.of("Cluster", "Pooler", "Dragonfly").contains(kind))
                        .count())
                .isEqualTo(Stream.of(upstream.split(" "))
                        .filter(id -> List.of("postgres", "cache").contains(id)
                                || (id.equals("pooler") && profile.equals("recommended")))
                        .count());
    }

    @Test
    void whatReplacesAComponentNeedsNoneOfItsImages() {
        assertThat(objects("recommended", "postgres", "pooler", "cache", "qdrant", "opal", "api").stream()
                        .map(Yaml::document))
                .noneMatch(text -> text.contains("registry/postgres:") || text.contains("registry/redis:"))
                .anyMatch(text -> text.contains("registry/real.qdrant:1"))
                .anyMatch(text -> text.contains("registry/real.opal:1"))
                .anyMatch(text -> text.contains("registry/real.api:1"))
                .anyMatch(text -> text.contains("registry/real.postgres:1"));
    }

    @Test
    void aBasedProfileOnlySaysWhatItsBaseSaysToo(@TempDir Path stack) throws Exception {
        var profiles = Files.createDirectory(stack.resolve("profiles"));
        Files.writeString(profiles.resolve("base.yaml"), "postgres: {ttl: 20}\n");
        Files.writeString(profiles.resolve("other.yaml"), "basedOn: base\npostgres:\n  tll: 30\n");

        assertThatThrownBy(() -> Profile.read(stack, "other"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("other.yaml:3: the profile this one is based on does not say postgres.tll");
    }

    @Test
    void aChangeOfWhatIsNotThereIsRefused(@TempDir Path stack) throws Exception {
        var profiles = Files.createDirectory(stack.resolve("profiles"));
        Files.writeString(
                profiles.resolve("p.yaml"), "changes:\n- {remove: Service/nobody, section: any, why: because}\n");
        var change = Profile.read(stack, "p").changes().get(0);

        assertThatThrownBy(() -> change.in(List.of()))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("p.yaml:2: there is no object Service/nobody");
    }
}
