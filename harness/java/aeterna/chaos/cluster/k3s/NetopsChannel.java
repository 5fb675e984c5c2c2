package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Problem;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process of our program that carries out one command line after another, asked over its standard input: a process for
 * each would take the engine a tenth of a second, and on a busy machine a whole one. It ends with the connection, and so
 * with this process. Thread-safe.
 */
final class NetopsChannel extends ResultCallback.Adapter<Frame> {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Questions questions = new Questions();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();
    private final ByteArrayOutputStream half = new ByteArrayOutputStream();
    private final Queue<String> trouble = new ConcurrentLinkedQueue<>();
    private volatile boolean broken;

    private NetopsChannel() {}

    /** Starts the program as a process of that container. */
    static NetopsChannel open(DockerClient engine, String exec) {
        var channel = new NetopsChannel();
        engine.execStartCmd(exec).withStdIn(channel.questions).exec(channel);
        return channel;
    }

    /** False once nothing can be asked any more. */
    boolean usable() {
        return !broken;
    }

    /**
     * Carries out a command until it ends.
     *
     * @param detached starts a process that goes on by itself
     * @return what it printed, one object for each line
     */
    List<JsonNode> ask(List<String> command, boolean detached, Duration patience) throws InterruptedException {
        var lines = new ArrayList<JsonNode>();
        var running = begin(
                Map.of("id", last.incrementAndGet(), "arguments", command, "detached", detached),
                command.get(0),
                answer -> lines.add(answer.get("line")));
        try {
            running.ended().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return lines;
        } catch (TimeoutException hung) {
            throw unanswered("netops " + command.get(0) + " gave no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Problem problem ? problem : unanswered(failed.getMessage());
        } finally {
            pending.remove(running.id());
        }
    }

    /**
     * Carries out a command that goes on until the subscription is closed.
     *
     * @param lines hears every line as it comes
     * @param trouble hears why it ended by itself, if it did
     */
    Subscription follow(List<String> command, Consumer<JsonNode> lines, Consumer<String> trouble) {
        var running = begin(
                Map.of("id", last.incrementAndGet(), "arguments", command),
                command.get(0),
                answer -> lines.accept(answer.get("line")));
        var told = running.ended().whenComplete((nothing, failure) -> {
            pending.remove(running.id());
            if (failure != null) {
                trouble.accept(failure.getMessage());
            }
        });
        return () -> {
            if (!told.isDone()) {
                questions.add(JSON.writeValueAsString(Map.of("id", running.id(), "stop", true)));
            }
        };
    }

    private Pending begin(Map<String, Object> question, String what, Consumer<JsonNode> lines) {
        var asked = new Pending((Long) question.get("id"), what, lines, new CompletableFuture<>());
        pending.put(asked.id(), asked);
        questions.add(JSON.writeValueAsString(question));
        if (broken) {
            end();
        }
        return asked;
    }

    private record Pending(long id, String what, Consumer<JsonNode> lines, CompletableFuture<Void> ended) {}

    @Override
    public void onNext(Frame frame) {
        if (frame.getStreamType() == StreamType.STDERR) {
            trouble.add(new String(frame.getPayload(), StandardCharsets.UTF_8));
            return;
        }
        // Frames end anywhere, also within a character.
        for (var one : frame.getPayload()) {
            if (one != '\n') {
                half.write(one);
                continue;
            }
            hear(JSON.readTree(half.toByteArray()));
            half.reset();
        }
    }

    private void hear(JsonNode answer) {
        var asked = pending.get(answer.get("id").asLong());
        if (asked == null) {
            return; // nobody waits for it any more
        }
        if (!answer.path("ended").asBoolean(false)) {
            asked.lines().accept(answer);
        } else if (answer.get("code").asInt() == 0) {
            asked.ended().complete(null);
        } else {
            asked.ended()
                    .completeExceptionally(unanswered("netops " + asked.what() + " ended with "
                            + answer.get("code").asInt() + ": "
                            + answer.path("trouble").asString("")));
        }
    }

    @Override
    public void onComplete() {
        end();
        super.onComplete();
    }

    @Override
    public void onError(Throwable lost) {
        trouble.add(String.valueOf(lost.getMessage()));
        end();
        super.onError(lost);
    }

    private void end() {
        broken = true;
        questions.end();
        pending.values()
                .forEach(asked -> asked.ended()
                        .completeExceptionally(unanswered("the helper that was to carry out netops " + asked.what()
                                + " is gone: " + String.join("", trouble).strip())));
    }

    private static Problem unanswered(String what) {
        return new Problem(what, "See whether the testbed's containers run with `./chaos status`.");
    }

    /** Ends the process. */
    void hangUp() {
        end();
        try {
            close();
        } catch (IOException closedAlready) {
            // That is what was wanted.
        }
    }

    /** What is asked, as the engine reads it. */
    private static final class Questions extends InputStream {
        private static final byte[] END = new byte[0];

        private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();
        private byte[] line = {};
        private int at;

        void add(String question) {
            lines.add((question + "\n").getBytes(StandardCharsets.UTF_8));
        }

        void end() {
            lines.add(END);
        }

        @Override
        public int read() {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            try {
                while (at == line.length) {
                    line = lines.take();
                    at = 0;
                    if (line == END) {
                        lines.add(END);
                        return -1;
                    }
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return -1;
            }
            var count = Math.min(length, line.length - at);
            System.arraycopy(line, at, into, offset, count);
            at += count;
            return count;
        }
    }
}
