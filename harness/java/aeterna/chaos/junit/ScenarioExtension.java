package aeterna.chaos.junit;

import aeterna.chaos.fault.Targets;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.wiring.Session;
import aeterna.chaos.wiring.SessionSettings;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives scenarios the stack and a runner; everything of one process is one run with one report. */
public final class ScenarioExtension implements ParameterResolver {
    private static final Namespace STORE = Namespace.create(ScenarioExtension.class);
    private static final Set<Class<?>> GIVEN =
            Set.of(Stack.class, Runner.class, Session.class, Targets.class, Topology.class, Timekeeper.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return GIVEN.contains(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var scenario = context.getRequiredTestClass();
        var settings = SessionSettings.ofSystemProperties();
        var topology = scenario.getAnnotation(ChaosScenario.class).topology();
        if (!topology.isEmpty() && !settings.testbed().topology().equals(topology)) {
            throw new Problem(
                    scenario.getSimpleName() + " needs the topology " + topology + ", the run has "
                            + settings.testbed().topology(),
                    "Run it with -Dchaos.topology=" + topology + ".");
        }
        var session = context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(Session.class, key -> open(settings), Session.class);
        session.ready(name(context));
        var type = parameter.getParameter().getType();
        if (type.equals(Session.class)) {
            return session;
        }
        if (type.equals(Stack.class)) {
            return session.stack();
        }
        if (type.equals(Targets.class)) {
            return Targets.on(session.testbed());
        }
        if (type.equals(Topology.class)) {
            return session.testbed().topology();
        }
        return type.equals(Timekeeper.class) ? session.time() : session.runner(name(context), sources(scenario));
    }

    /** {@code Class.method}, with the case in brackets where there are several. */
    private static String name(ExtensionContext context) {
        var method = context.getRequiredTestMethod();
        return context.getRequiredTestClass().getSimpleName() + "." + method.getName()
                + (method.isAnnotationPresent(EachOf.class) ? "[" + context.getDisplayName() + "]" : "");
    }

    private static String[] sources(Class<?> scenario) {
        return Optional.ofNullable(scenario.getAnnotation(FromPage.class))
                .map(FromPage::value)
                .orElse(new String[0]);
    }

    private static Session open(SessionSettings settings) {
        var environment = System.getenv();
        return Session.open(settings, new SystemPrograms(environment.getOrDefault("PATH", "")), environment);
    }
}
