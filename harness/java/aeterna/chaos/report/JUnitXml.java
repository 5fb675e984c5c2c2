package aeterna.chaos.report;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A run in the format that continuous integration reads, as Surefire writes it: BROKEN is a failure, VOID an error, one that was
 * repeated a flaky error, HELD a pass. Nothing is ever
 * skipped, for what is skipped looks green.
 */
final class JUnitXml {
    private final List<History> histories;
    private final List<Series> scenarios;
    private final List<Problem> damage;

    JUnitXml(List<History> histories, List<Problem> damage) {
        this.histories = histories;
        scenarios = Series.of(histories);
        this.damage = damage;
    }

    String text() {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            suite(xml);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text + "\n";
    }

    private void suite(XMLStreamWriter xml) throws XMLStreamException {
        var setting = histories.get(0).began().setting();
        var total = histories.stream().map(JUnitXml::seconds).reduce(BigDecimal.ZERO, BigDecimal::add);
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        attribute(xml, "name", "aeterna-chaos " + setting.run());
        attribute(xml, "tests", String.valueOf(scenarios.size() + damage.size()));
        attribute(xml, "failures", String.valueOf(count(Verdict.BROKEN)));
        attribute(xml, "errors", String.valueOf(count(Verdict.VOID) + damage.size()));
        attribute(xml, "skipped", "0");
        attribute(xml, "time", total.toPlainString());
        attribute(
                xml, "timestamp", histories.get(0).began().wallTime().toString().replaceFirst("(\\.\\d+)?Z$", ""));
        xml.writeCharacters("\n  ");
        xml.writeStartElement("properties");
        property(xml, "seed", String.valueOf(setting.seed()));
        property(xml, "provider", setting.provider());
        property(xml, "profile", setting.profile());
        for (var flavour : Summary.of(histories).flavours().entrySet()) {
            property(xml, "flavour." + flavour.getKey(), flavour.getValue());
        }
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
        for (var series : scenarios) {
            testcase(xml, series);
        }
        for (var problem : damage) {
            damaged(xml, problem);
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
    }

    private long count(Verdict verdict) {
        return scenarios.stream().filter(series -> series.verdict() == verdict).count();
    }

    private static void testcase(XMLStreamWriter xml, Series series) throws XMLStreamException {
        var history = series.decisive();
        var setting = history.began().setting();
        var judged = history.judged();
        var dot = setting.scenario().indexOf('.');
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        attribute(
                xml,
                "classname",
                dot < 0 ? setting.scenario() : setting.scenario().substring(0, dot));
        attribute(xml, "name", setting.scenario().substring(dot + 1));
        attribute(
                xml,
                "time",
                series.histories().stream()
                        .map(JUnitXml::seconds)
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .toPlainString());
        if (judged.verdict() != Verdict.HELD) {
            xml.writeCharacters("\n    ");
            xml.writeStartElement(judged.verdict() == Verdict.BROKEN ? "failure" : "error");
            attribute(xml, "type", judged.verdict().toString());
            attribute(xml, "message", judged.because());
            xml.writeCharacters(legal(findings(history)));
            xml.writeEndElement();
        }
        for (var repeated : series.histories().stream().filter(series::repeated).toList()) {
            xml.writeCharacters("\n    ");
            xml.writeStartElement("flakyError");
            attribute(xml, "type", Verdict.VOID.toString());
            attribute(xml, "message", repeated.judged().because());
            xml.writeCharacters("it was repeated");
            xml.writeEndElement();
        }
        xml.writeCharacters("\n    ");
        xml.writeStartElement("system-out");
        xml.writeCharacters(legal("hypothesis: " + history.began().experiment() + "\nfault: "
                + history.began().fault() + "\nexpected: " + setting.expected() + "\nverdict: " + judged.verdict()
                + ": " + judged.because() + "\n" + findings(history)));
        xml.writeEndElement();
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
    }

    private static void damaged(XMLStreamWriter xml, Problem problem) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        attribute(xml, "classname", "history");
        attribute(xml, "name", "the whole history can be read");
        attribute(xml, "time", "0.000");
        xml.writeStartElement("error");
        attribute(xml, "type", Verdict.VOID.toString());
        attribute(xml, "message", problem.getMessage());
        xml.writeCharacters(legal(problem.remedy()));
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static String findings(History history) {
        var lines = new StringBuilder();
        history.all(Finding.class)
                .forEach(finding -> lines.append(finding.verdict())
                        .append(": ")
                        .append(finding.promise())
                        .append(": ")
                        .append(finding.because())
                        .append('\n'));
        return lines.toString();
    }

    private static BigDecimal seconds(History history) {
        var end = history.all(Entry.Timed.class).mapToLong(Entry::at).max().orElseThrow();
        return BigDecimal.valueOf(end - history.began().at(), 9).setScale(3, RoundingMode.HALF_UP);
    }

    private static void property(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeCharacters("\n    ");
        xml.writeEmptyElement("property");
        attribute(xml, "name", name);
        attribute(xml, "value", value);
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    /** XML has no way at all to write some characters, and logs are full of them. */
    private static String legal(String text) {
        return text.codePoints()
                .map(c -> c == '\t'
                                || c == '\n'
                                || c == '\r'
                                || (c >= 0x20 && c <= 0xD7FF)
                                || (c >= 0xE000 && c <= 0xFFFD)
                                || c >= 0x10000
                        ? c
                        : 0xFFFD)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
