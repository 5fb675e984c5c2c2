package aeterna.chaos.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HttpRegistryProbeTest {
    private static final int LIMIT_SECONDS = 10;

    @Test
    @Timeout(LIMIT_SECONDS)
    void whereNobodyListensNobodyAnswers() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(new HttpRegistryProbe(Map.of()).answers("127.0.0.1:" + port)).isFalse();
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void aListenerThatSaysNothingIsNotWaitedForLong() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(new HttpRegistryProbe(Map.of()).answers("127.0.0.1:" + silent.getLocalPort()))
                    .isFalse();
        }
    }

    @Test
    void theHostOfAnImageIsItsFirstPart() {
        assertThat(Engine.registryHost("busybox:1.37.0")).isEqualTo("registry-1.docker.io");
        assertThat(Engine.registryHost("docker.io/rancher/k3s:v1")).isEqualTo("registry-1.docker.io");
        assertThat(Engine.registryHost("registry.k8s.io/metrics-server/metrics-server:v0.8.0"))
                .isEqualTo("registry.k8s.io");
        assertThat(Engine.registryHost("localhost:5000/thing:1")).isEqualTo("localhost:5000");
    }
}
