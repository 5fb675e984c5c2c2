package aeterna.chaos.junit;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.console.Console;
import aeterna.chaos.console.ConsoleProgress;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Ticker;
import aeterna.chaos.wiring.Harness;
import aeterna.chaos.wiring.SessionSettings;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the testbed of this process, the images it runs, and the stack on it, steady; each is made when it is first
 * asked for. The testbed stays warm when the process ends.
 */
public final class TestbedExtension implements ParameterResolver {
    private static final Namespace STORE = Namespace.create(TestbedExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getParameterizedType();
        return type.equals(Testbed.class) || type.equals(Stack.class) || isImages(type);
    }

    private static boolean isImages(Type type) {
        return type instanceof ParameterizedType map
                && map.getRawType().equals(Map.class)
                && map.getActualTypeArguments()[1].equals(Image.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var kept = context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(KeptTestbed.class, key -> KeptTestbed.make(), KeptTestbed.class);
        var type = parameter.getParameter().getType();
        if (type.equals(Stack.class)) {
            return context.getRoot()
                    .getStore(STORE)
                    .getOrComputeIfAbsent(Stack.class, key -> kept.deploy(), Stack.class);
        }
        return type.equals(Testbed.class) ? kept.testbed() : kept.images();
    }

    /** Closed by JUnit with its store. */
    private record KeptTestbed(
            Harness harness,
            Progress progress,
            Map<String, Image> images,
            Provider.Reservation reservation,
            Testbed testbed)
            implements AutoCloseable {
        static KeptTestbed make() {
            var environment = System.getenv();
            var programs = new SystemPrograms(environment.getOrDefault("PATH", ""));
            var home = Path.of(System.getProperty("chaos.home", "")).toAbsolutePath();
            var harness = new Harness(home, SessionSettings.ofSystemProperties().testbed(), programs, environment);
            var progress = new ConsoleProgress(Console.ofSystem(), Clock.system(), Ticker.system());
            var request = harness.request();
            var images = harness.ensureImages(progress);
            var provider = harness.provider(progress);
            var reservation = provider.reserve(request.name());
            try {
                return new KeptTestbed(harness, progress, images, reservation, provider.up(request, progress));
            } catch (RuntimeException failed) {
                reservation.close();
                throw failed;
            }
        }

        Stack deploy() {
            var settings = SessionSettings.ofSystemProperties();
            var ofStack = harness.ensureStack(settings.profile(), progress);
            testbed.provide(ofStack.values(), progress);
            var stack = harness.stack(testbed, ofStack, Clock.system()).apply(settings.profile());
            stack.deploy(progress, settings.steadyWithin());
            return stack;
        }

        @Override
        public void close() {
            testbed.close();
            reservation.close();
        }
    }
}
