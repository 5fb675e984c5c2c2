package aeterna.chaos.planted;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Eviction;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.cluster.Strain;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.Traffic;
import aeterna.chaos.cluster.Volumes;
import aeterna.chaos.model.Node;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real testbed whose acts are sabotaged; its looks and its ways back never are. */
final class Sabotaged {
    /** What becomes of acts. */
    enum How {
        /** Nothing happens, and nobody is told. */
        NOTHING,
        /** It happens to all but the last of several machines. */
        PARTLY,
        /** It happens to the machines of another zone. */
        ELSEWHERE
    }

    private static final Map<Class<?>, Set<String>> ACTS = Map.of(
            Machines.class,
            Set.of("freeze", "powerOff", "cutOff"),
            PodProcesses.class,
            Set.of("freeze", "kill", "killContainer"),
            Traffic.class,
            Set.of("block", "degrade"),
            Strain.class,
            Set.of("burn", "hoard"),
            Volumes.class,
            Set.of("fill"),
            Cluster.class,
            Set.of("deletePod", "deleteClaim", "evict", "cordon"));

    private final Testbed real;
    private final How how;

    private Sabotaged(Testbed real, How how) {
        this.real = real;
        this.how = how;
    }

    static Testbed testbed(Testbed real, How how) {
        var sabotage = new Sabotaged(real, how);
        return proxy(Testbed.class, (self, method, arguments) -> {
            var answer = call(real, method, arguments);
            return ACTS.containsKey(method.getReturnType()) ? sabotage.port(method.getReturnType(), answer) : answer;
        });
    }

    private <T> T port(Class<T> type, Object port) {
        return proxy(type, (self, method, arguments) -> {
            var uncordons = method.getName().equals("cordon") && Boolean.FALSE.equals(arguments[1]);
            if (!ACTS.get(type).contains(method.getName()) || uncordons) {
                return call(port, method, arguments);
            }
            if (how != How.NOTHING && type == Machines.class) {
                return call(port, method, instead((Collection<?>) arguments[0]));
            }
            return method.getReturnType() == Duration.class
                    ? Duration.ZERO
                    : method.getReturnType() == Eviction.class ? new Eviction(Eviction.Answer.ACCEPTED, "") : null;
        });
    }

    private Object[] instead(Collection<?> nodes) {
        if (how == How.PARTLY) {
            return new Object[] {List.copyOf(nodes).subList(0, nodes.size() - 1)};
        }
        var zone = real.topology().zones().stream()
                .map(other ->
                        real.topology().nodesIn(other).stream().map(Node::name).toList())
                .filter(other -> other.stream().noneMatch(nodes::contains))
                .findFirst()
                .orElseThrow();
        return new Object[] {zone};
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
