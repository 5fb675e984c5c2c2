package aeterna.chaos.junit;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.wiring.Session;
import aeterna.chaos.wiring.SessionSettings;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives scenarios the stack and a runner; everything of one process is one run with one report. */
public final class ScenarioExtension implements ParameterResolver {
    private static final Namespace STORE = Namespace.create(ScenarioExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type.equals(Stack.class) || type.equals(Runner.class) || type.equals(Session.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var scenario = context.getRequiredTestClass();
        var settings = SessionSettings.ofSystemProperties();
        var topology = scenario.getAnnotation(ChaosScenario.class).topology();
        if (!settings.testbed().topology().equals(topology)) {
            throw new Problem(
                    scenario.getSimpleName() + " needs the topology " + topology + ", the run has "
                            + settings.testbed().topology(),
                    "Run it with -Dchaos.topology=" + topology + ".");
        }
        var session = context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(Session.class, key -> open(settings), Session.class);
        session.ready(
                scenario.getSimpleName() + "." + context.getRequiredTestMethod().getName());
        var type = parameter.getParameter().getType();
        if (type.equals(Session.class)) {
            return session;
        }
        return type.equals(Stack.class)
                ? session.stack()
                : session.runner(scenario.getSimpleName() + "."
                        + context.getRequiredTestMethod().getName());
    }

    private static Session open(SessionSettings settings) {
        var environment = System.getenv();
        return Session.open(settings, new SystemPrograms(environment.getOrDefault("PATH", "")), environment);
    }
}
