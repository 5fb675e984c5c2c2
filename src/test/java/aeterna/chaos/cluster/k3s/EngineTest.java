package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import java.net.URI;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final URI LOCAL = URI.create("unix:///var/run/docker.sock");

    @Test
    void anEngineThatWasNamedIsNeverReplacedByTheLocalOne() {
        assertThatThrownBy(() -> Engine.demandNamed("tcp://10.0.0.1:2375", LOCAL))
                .isInstanceOf(Problem.class)
                .hasMessage("no Docker engine answers at DOCKER_HOST, tcp://10.0.0.1:2375");
    }

    @Test
    void anyEngineWillDoWhenNoneWasNamed() {
        Engine.demandNamed(null, LOCAL);
        Engine.demandNamed("", LOCAL);
        Engine.demandNamed("unix:///var/run/docker.sock", LOCAL);
    }
}
