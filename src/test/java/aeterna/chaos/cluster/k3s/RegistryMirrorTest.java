package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryMirrorTest {
    /** A mirror is asked for the name without its registry's host, and Docker's short names mean library/. */
    @ParameterizedTest
    @CsvSource({
        "aeterna-chaos/coredns:ab12, /v2/aeterna-chaos/coredns/manifests/ab12",
        "busybox:1.36, /v2/library/busybox/manifests/1.36",
        "busybox, /v2/library/busybox/manifests/latest",
        "docker.io/busybox:1, /v2/library/busybox/manifests/1",
        "registry.k8s.io/metrics-server/metrics-server:v0.8.0, /v2/metrics-server/metrics-server/manifests/v0.8.0",
        "registry.k8s.io/pause:3.10, /v2/pause/manifests/3.10",
        "localhost:5000/a/b, /v2/a/b/manifests/latest",
    })
    void anImageIsAskedForAsTheNodesAsk(String image, String path) {
        assertThat(RegistryMirror.Reference.of(image).manifest()).isEqualTo(path);
    }
}
