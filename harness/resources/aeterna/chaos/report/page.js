"use strict";
// Draws each timeline: lanes above, latencies below, one time axis for both.
(() => {
    const ROW = 36;
    const THIN_ROW = 26;
    const OUTCOMES = [
        ["OK", "--ok"],
        ["FAIL", "--fail"],
        ["UNKNOWN", "--unknown"],
        ["SHED", "--shed"],
    ];
    const drawn = [];

    const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const clientColor = index => color("--client-" + (index % 8 + 1));
    const seconds = value => (value < 0 ? "\u2212" : "+") + Math.abs(value).toFixed(Math.abs(value) < 100 ? 2 : 1) + " s";
    const tick = value => value === 0 ? "0" : (value < 0 ? "\u2212" : "+") + +Math.abs(value).toFixed(3) + " s";
    const millis = value => value >= 1000 ? +(value / 1000).toPrecision(3) + " s" : value + " ms";

    function element(name, className, text) {
        const made = document.createElement(name);
        if (className) made.className = className;
        if (text !== undefined) made.textContent = text;
        return made;
    }

    function shortened(context, text, width) {
        if (context.measureText(text).width <= width) return text;
        let end = text.length;
        while (end > 1 && context.measureText(text.slice(0, end) + "\u2026").width > width) end--;
        return text.slice(0, end) + "\u2026";
    }

    class Drawing {
        constructor(figure, data) {
            this.figure = figure;
            this.data = data;
            const slots = data.lanes[0].ok.length;
            this.times = Array.from({length: slots}, (_, slot) => data.from + (slot + 0.5) * data.slot);
            this.rows = [
                {kind: "phases", name: "step", height: THIN_ROW},
                {kind: "fault", name: "fault", height: THIN_ROW},
                ...data.lanes.map((lane, index) => ({kind: "client", name: lane.name, lane, index, height: ROW})),
                {kind: "cluster", name: "cluster", height: THIN_ROW},
            ];
            let top = 0;
            for (const row of this.rows) {
                row.top = top;
                top += row.height;
            }
            this.total = top;
            for (const lane of data.lanes) {
                lane.badAt = new Map(lane.bad.map(bad => [bad[0], bad]));
            }
            this.sync = uPlot.sync(figure.dataset.timeline);
            this.controls();
            this.draw();
        }

        controls() {
            const bar = element("div", "bar");
            const zooms = element("div", "group");
            const data = this.data;
            const zoom = (label, work) => {
                const button = element("button", "", label);
                button.type = "button";
                button.addEventListener("click", work);
                zooms.append(button);
            };
            const ends = data.lanes.flatMap(lane => lane.outages.map(outage => outage.to));
            const over = Math.max(data.fault ? data.fault.to : 0, ...ends);
            const margin = Math.max(1, over / 10);
            zoom("the fault", () => this.zoom(-margin, over + margin));
            zoom("everything", () => this.zoom(data.from, data.to));
            zoom("\u25c0", () => this.pan(-0.25));
            zoom("\u25b6", () => this.pan(0.25));
            zoom("+", () => this.scale(0.5));
            zoom("\u2212", () => this.scale(2));
            [["2", "Earlier"], ["3", "Later"], ["4", "Zoom in"], ["5", "Zoom out"]]
                .forEach(([at, words]) => zooms.children[at].setAttribute("aria-label", words));
            const keys = element("div", "group");
            for (const [name, variable] of [...OUTCOMES, ["outage", "--outage"], ["fault in place", "--fault"]]) {
                const key = element("span", "key");
                const swatch = element("span", "swatch");
                swatch.style.background = "var(" + variable + ")";
                if (name === "fault in place") swatch.style.opacity = "0.35";
                key.append(swatch, name);
                keys.append(key);
            }
            if (data.lanes.some(lane => lane.outages.some(outage => outage.limit !== null))) {
                keys.append(element("span", "key", "\u2506 promised at the latest"));
            }
            bar.append(zooms, keys);
            this.lanesAt = element("div");
            this.readout = element("p", "readout", "Point at the timeline to read it.");
            const caption = element("p", "caption",
                "Latency from when it was due, logarithmic: the line is the median of the OK ones, a dot the slowest of them; "
                + "\u2715 FAIL, \u25c7 UNKNOWN, \u25b3 SHED.");
            this.latencyAt = element("div");
            const clients = element("div", "bar");
            const toggles = element("div", "group");
            data.lanes.forEach((lane, index) => {
                const button = element("button");
                button.type = "button";
                button.setAttribute("aria-pressed", "true");
                const swatch = element("span", "swatch");
                swatch.style.background = "var(--client-" + (index % 8 + 1) + ")";
                button.append(swatch, lane.name);
                button.addEventListener("click", () => {
                    const show = button.getAttribute("aria-pressed") === "false";
                    button.setAttribute("aria-pressed", String(show));
                    this.latency.setSeries(index + 1, {show});
                });
                toggles.append(button);
            });
            clients.append(toggles);
            this.figure.append(bar, this.lanesAt, this.readout, caption, this.latencyAt, clients);
        }

        draw() {
            const view = this.view || [this.data.view, this.data.to];
            if (this.lanes) {
                this.lanes.destroy();
                this.latency.destroy();
            }
            this.width = this.figure.clientWidth;
            this.font = "12px " + getComputedStyle(document.body).fontFamily;
            this.gutter = Math.min(170, Math.max(90, this.width * 0.16));
            this.lanes = new uPlot(this.laneOptions(), [this.times, this.times.map(() => null)], this.lanesAt);
            this.latency = new uPlot(
                this.latencyOptions(), [this.times, ...this.data.lanes.map(lane => lane.median)], this.latencyAt);
            this.zoom(...view);
        }

        zoom(min, max) {
            min = Math.max(this.data.from, min);
            max = Math.min(this.data.to, max);
            if (max - min < 0.05) return;
            this.view = [min, max];
            for (const plot of [this.lanes, this.latency]) {
                if (plot.scales.x.min !== min || plot.scales.x.max !== max) plot.setScale("x", {min, max});
            }
        }

        pan(part) {
            const [min, max] = this.view;
            const by = Math.max(this.data.from - min, Math.min(this.data.to - max, (max - min) * part));
            this.zoom(min + by, max + by);
        }

        scale(factor) {
            const [min, max] = this.view;
            const middle = min < 0 && max > 0 ? 0 : (min + max) / 2;
            this.zoom(middle + (min - middle) * factor, middle + (max - middle) * factor);
        }

        timeAxis(show) {
            return {
                stroke: color("--soft"),
                font: this.font,
                size: show ? 34 : 10,
                space: 70,
                values: (_, splits) => splits.map(value => value === null || !show ? "" : tick(value)),
                grid: {stroke: color("--grid"), width: 1},
                ticks: {stroke: color("--grid"), width: 1, size: show ? 6 : 0},
                incrs: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600],
            };
        }

        common(axes, height) {
            return {
                width: this.width,
                height,
                axes,
                padding: [6, 14, 0, 0],
                legend: {show: false},
                cursor: {
                    sync: {key: this.sync.key, scales: ["x", null]},
                    drag: {x: true, y: false, setScale: false},
                    y: false,
                    points: {show: false},
                    bind: {dblclick: () => () => this.zoom(this.data.from, this.data.to)},
                },
            };
        }

        selected(plot) {
            const {left, width} = plot.select;
            if (width > 3) {
                this.zoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
                plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
            }
        }

        laneOptions() {
            const centers = this.rows.map(row => this.total - row.top - row.height / 2);
            const options = this.common([
                this.timeAxis(true),
                {
                    stroke: color("--ink"),
                    font: this.font,
                    size: this.gutter,
                    gap: 8,
                    splits: () => centers,
                    values: plot => {
                        plot.ctx.save();
                        plot.ctx.font = this.font;
                        const names = this.rows.map(row => shortened(plot.ctx, row.name, this.gutter - 14));
                        plot.ctx.restore();
                        return names;
                    },
                    grid: {show: false},
                    ticks: {show: false},
                },
            ], this.total + 40);
            options.scales = {x: {time: false, auto: false, range: () => this.view}, y: {range: () => [0, this.total]}};
            options.series = [{}, {stroke: "transparent"}];
            options.hooks = {
                drawClear: [plot => this.paint(plot, () => this.drawBackground(plot))],
                draw: [plot => this.paint(plot, () => this.drawRows(plot))],
                setSelect: [plot => this.selected(plot)],
                setCursor: [plot => this.tell(plot)],
            };
            return options;
        }

        latencyOptions() {
            const all = this.data.lanes.flatMap(lane => [
                ...lane.slowest.filter(value => value > 0),
                ...lane.median.filter(value => value > 0),
                ...lane.bad.map(bad => bad[4]).filter(value => value > 0),
            ]);
            const low = all.reduce((least, value) => Math.min(least, value), 10);
            const high = all.reduce((most, value) => Math.max(most, value), 100);
            const range = [10 ** Math.floor(Math.log10(Math.max(0.01, low))), high * 1.4];
            const decades = [];
            for (let decade = range[0]; decade <= range[1]; decade *= 10) decades.push(+decade.toPrecision(1));
            const options = this.common([
                this.timeAxis(true),
                {
                    stroke: color("--soft"),
                    font: this.font,
                    size: this.gutter,
                    gap: 8,
                    splits: () => decades,
                    values: (_, splits) => splits.map(millis),
                    grid: {stroke: color("--grid"), width: 1},
                    ticks: {show: false},
                },
            ], 230);
            options.scales = {
                x: {time: false, auto: false, range: () => this.view},
                y: {distr: 3, log: 10, range: () => range},
            };
            options.series = [{}, ...this.data.lanes.map((lane, index) => ({
                stroke: clientColor(index),
                width: 1.5,
                points: {show: false},
                spanGaps: false,
            }))];
            options.hooks = {
                drawClear: [plot => this.paint(plot, () => this.drawFault(plot))],
                draw: [plot => this.paint(plot, () => this.drawLatencies(plot))],
                setSelect: [plot => this.selected(plot)],
                setCursor: [plot => this.tell(plot)],
            };
            return options;
        }

        // Work in CSS pixels within the plotting area, whatever the screen's density.
        paint(plot, work) {
            const context = plot.ctx;
            context.save();
            context.beginPath();
            context.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
            context.clip();
            context.translate(plot.bbox.left, plot.bbox.top);
            context.scale(devicePixelRatio, devicePixelRatio);
            context.font = this.font;
            context.textBaseline = "middle";
            context.textAlign = "left";
            work();
            context.restore();
        }

        height(plot) {
            return plot.bbox.height / devicePixelRatio;
        }

        x(plot, time) {
            return plot.valToPos(time, "x");
        }

        drawFault(plot) {
            const {fault} = this.data;
            if (!fault) return;
            const context = plot.ctx;
            const from = this.x(plot, fault.from);
            const to = this.x(plot, fault.to);
            context.fillStyle = color("--fault");
            context.globalAlpha = 0.13;
            context.fillRect(from, 0, Math.max(2, to - from), this.height(plot));
            context.globalAlpha = 0.9;
            context.fillRect(from - 0.75, 0, 1.5, this.height(plot));
            context.globalAlpha = 1;
        }

        drawBackground(plot) {
            const context = plot.ctx;
            const width = plot.bbox.width / devicePixelRatio;
            this.rows.forEach(row => {
                if (row.kind === "client" && row.index % 2 === 0) {
                    context.fillStyle = color("--shade");
                    context.globalAlpha = 0.55;
                    context.fillRect(0, row.top, width, row.height);
                    context.globalAlpha = 1;
                }
            });
            this.drawFault(plot);
        }

        drawRows(plot) {
            for (const row of this.rows) {
                if (row.kind === "phases") this.drawPhases(plot, row);
                else if (row.kind === "fault") this.drawFaultRow(plot, row);
                else if (row.kind === "client") this.drawClient(plot, row);
                else this.drawCluster(plot, row);
            }
        }

        drawPhases(plot, row) {
            const context = plot.ctx;
            this.data.phases.forEach((phase, index) => {
                const from = Math.max(-5, this.x(plot, phase.from));
                const to = Math.min(plot.bbox.width / devicePixelRatio + 5, this.x(plot, phase.to));
                if (to < from) return;
                context.fillStyle = color(index % 2 ? "--line" : "--shade");
                context.fillRect(from, row.top + 4, Math.max(1, to - from), row.height - 8);
                context.fillStyle = color("--ink");
                if (context.measureText(phase.name).width + 8 < to - from) {
                    context.fillText(phase.name, Math.max(0, from) + 4, row.top + row.height / 2);
                }
            });
        }

        drawFaultRow(plot, row) {
            const {fault} = this.data;
            if (!fault) return;
            const context = plot.ctx;
            const from = this.x(plot, fault.from);
            const to = this.x(plot, fault.to);
            const middle = row.top + row.height / 2;
            context.fillStyle = color("--fault");
            context.beginPath();
            context.moveTo(from - 6, row.top + 3);
            context.lineTo(from + 6, row.top + 3);
            context.lineTo(from, row.top + 12);
            context.fill();
            if (to - from > 14) {
                context.globalAlpha = 0.45;
                context.fillRect(from, row.top + 5, to - from, row.height - 10);
                context.globalAlpha = 1;
            }
            context.fillStyle = color("--ink");
            context.fillText(fault.text + (fault.name === "one-shot" ? "" : " \u00b7 " + fault.name), Math.max(from, 0) + 10, middle);
        }

        drawClient(plot, row) {
            const context = plot.ctx;
            const {lane} = row;
            const {data} = this;
            const base = row.top + row.height - 4;
            const tall = 12;
            const [min, max] = this.view;
            const first = Math.max(0, Math.floor((min - data.from) / data.slot));
            const last = Math.min(lane.ok.length - 1, Math.ceil((max - data.from) / data.slot));
            for (let slot = first; slot <= last; slot++) {
                const bad = lane.badAt.get(slot);
                const counts = [lane.ok[slot], bad ? bad[1] : 0, bad ? bad[2] : 0, bad ? bad[3] : 0];
                const all = counts[0] + counts[1] + counts[2] + counts[3];
                if (!all) continue;
                const from = this.x(plot, data.from + slot * data.slot);
                const to = this.x(plot, data.from + (slot + 1) * data.slot);
                const width = Math.max(1, to - from - (to - from > 5 ? 1 : 0));
                let y = base;
                counts.forEach((count, outcome) => {
                    if (!count) return;
                    // The rarest outcome still has to be seen.
                    const part = Math.max(outcome ? 3 : 0, tall * count / all);
                    const top = Math.max(base - tall, y - part);
                    context.fillStyle = color(OUTCOMES[outcome][1]);
                    context.fillRect(from, top, width, y - top);
                    y = top;
                });
            }
            for (const outage of lane.outages) this.drawOutage(plot, row, outage);
        }

        drawOutage(plot, row, outage) {
            const context = plot.ctx;
            const from = this.x(plot, outage.from);
            const to = this.x(plot, outage.to);
            const top = row.top + 4;
            const thick = 13;
            const edge = plot.bbox.width / devicePixelRatio;
            context.fillStyle = color("--outage");
            context.fillRect(from, top, Math.max(1.5, to - from), thick);
            if (outage.limit !== null) {
                const limit = this.x(plot, outage.from + outage.limit);
                context.beginPath();
                context.moveTo(limit, row.top + 1);
                context.lineTo(limit, row.top + row.height - 1);
                context.lineWidth = 3.5;
                context.strokeStyle = color("--card");
                context.stroke();
                context.lineWidth = 1.25;
                context.strokeStyle = color("--ink");
                context.setLineDash([3, 3]);
                context.stroke();
                context.setLineDash([]);
                context.fillStyle = color("--soft");
                const words = "promised " + +outage.limit.toFixed(3) + " s";
                const place = limit + 4;
                const labelEnd = to + context.measureText(outage.label).width + 16;
                if (place > labelEnd && place + context.measureText(words).width < edge) {
                    context.fillText(words, place, top + thick / 2);
                }
            }
            const label = outage.label + (outage.open ? ", still dark at the end" : "");
            const wide = context.measureText(label).width;
            context.fillStyle = color("--outage");
            if (wide + 10 < Math.min(to, edge) - Math.max(from, 0)) {
                context.fillRect(Math.max(from, 0) + 2, top, wide + 6, thick);
                context.fillStyle = color("--card");
                context.fillText(label, Math.max(from, 0) + 5, top + thick / 2 + 0.5);
            } else if (to + 6 + wide < edge) {
                context.fillText(label, Math.max(0, to) + 6, top + thick / 2 + 0.5);
            } else {
                context.fillText(label, from - wide - 6, top + thick / 2 + 0.5);
            }
        }

        drawCluster(plot, row) {
            const context = plot.ctx;
            const middle = row.top + row.height / 2;
            for (const event of this.data.happenings) {
                const x = this.x(plot, event.at);
                if (x < -10 || x > plot.bbox.width / devicePixelRatio + 10) continue;
                this.mark(context, event.mark, x, middle);
            }
        }

        mark(context, mark, x, y) {
            context.lineWidth = 1.75;
            context.beginPath();
            if (mark === "gone") {
                context.strokeStyle = color("--broken");
                context.moveTo(x - 4, y - 4);
                context.lineTo(x + 4, y + 4);
                context.moveTo(x + 4, y - 4);
                context.lineTo(x - 4, y + 4);
                context.stroke();
            } else if (mark === "ready" || mark === "unready") {
                context.arc(x, y, 4, 0, 7);
                context.strokeStyle = context.fillStyle = color(mark === "ready" ? "--held" : "--unknown");
                if (mark === "ready") context.fill();
                else context.stroke();
            } else if (mark === "role") {
                context.fillStyle = color("--void");
                context.moveTo(x, y - 6);
                context.lineTo(x + 6, y);
                context.lineTo(x, y + 6);
                context.lineTo(x - 6, y);
                context.fill();
            } else {
                context.fillStyle = color("--soft");
                context.fillRect(x - 0.75, y - (mark === "runner" ? 7 : 4), 1.5, mark === "runner" ? 14 : 8);
            }
        }

        drawLatencies(plot) {
            const context = plot.ctx;
            const [min, max] = this.view;
            this.data.lanes.forEach((lane, index) => {
                if (!plot.series[index + 1].show) return;
                context.fillStyle = clientColor(index);
                context.globalAlpha = 0.55;
                lane.slowest.forEach((slowest, slot) => {
                    const time = this.times[slot];
                    if (slowest === null || time < min || time > max) return;
                    context.beginPath();
                    context.arc(this.x(plot, time), plot.valToPos(Math.max(0.01, slowest), "y"), 1.4, 0, 7);
                    context.fill();
                });
                context.globalAlpha = 1;
                context.lineWidth = 1.5;
                for (const [slot, fail, unknown, shed, slowest] of lane.bad) {
                    const time = this.times[slot];
                    if (time < min || time > max) continue;
                    const x = this.x(plot, time);
                    const y = plot.valToPos(Math.max(plot.scales.y.min * 1.15, slowest), "y");
                    const worst = fail ? 1 : unknown ? 2 : 3;
                    context.strokeStyle = color(OUTCOMES[worst][1]);
                    context.beginPath();
                    if (fail) {
                        context.moveTo(x - 3, y - 3);
                        context.lineTo(x + 3, y + 3);
                        context.moveTo(x + 3, y - 3);
                        context.lineTo(x - 3, y + 3);
                    } else if (unknown) {
                        context.moveTo(x, y - 4);
                        context.lineTo(x + 4, y);
                        context.lineTo(x, y + 4);
                        context.lineTo(x - 4, y);
                        context.closePath();
                    } else if (shed) {
                        context.moveTo(x - 3.5, y + 3);
                        context.lineTo(x + 3.5, y + 3);
                        context.lineTo(x, y - 3.5);
                        context.closePath();
                    }
                    context.stroke();
                }
            });
        }

        tell(plot) {
            const {left, top, idx} = plot.cursor;
            if (left === undefined || left < 0 || idx === null || idx === undefined) return;
            const time = plot.posToVal(left, "x");
            const parts = [seconds(time)];
            const phase = this.data.phases.find(candidate => candidate.from <= time && time < candidate.to);
            if (phase) parts.push(phase.name);
            const near = (plot.scales.x.max - plot.scales.x.min) * 6 / Math.max(1, plot.over.clientWidth);
            const row = plot === this.lanes && this.rows.find(one => one.top <= top && top < one.top + one.height);
            const lanes = row && row.kind === "client" ? [row.lane] : [];
            const slot = Math.max(0, Math.min(this.times.length - 1, Math.floor((time - this.data.from) / this.data.slot)));
            for (const lane of lanes) {
                const bad = lane.badAt.get(slot);
                const words = [];
                if (lane.ok[slot]) words.push(lane.ok[slot] + " OK (median " + millis(lane.median[slot]) + ", slowest " + millis(lane.slowest[slot]) + ")");
                if (bad) [1, 2, 3].forEach(at => bad[at] && words.push(bad[at] + " " + OUTCOMES[at][0]));
                parts.push(lane.name + ": " + (words.join(", ") || "no request due"));
                const outage = lane.outages.find(dark => dark.from <= time && time <= dark.to);
                if (outage) parts.push("outage of " + outage.label + ", from " + seconds(outage.from) + " to " + seconds(outage.to));
            }
            if (!lanes.length) {
                this.data.happenings.filter(event => Math.abs(event.at - time) <= near).slice(0, 4)
                    .forEach(event => parts.push(seconds(event.at) + " " + event.text));
            }
            this.readout.textContent = parts.join(" \u00b7 ");
        }
    }

    for (const figure of document.querySelectorAll("[data-timeline]")) {
        drawn.push(new Drawing(figure, JSON.parse(document.getElementById(figure.dataset.timeline).textContent)));
    }
    document.documentElement.dataset.drawn = String(drawn.length);

    const redraw = () => drawn.forEach(drawing => drawing.draw());
    let resizing = 0;
    addEventListener("resize", () => {
        cancelAnimationFrame(resizing);
        resizing = requestAnimationFrame(() => drawn.some(drawing => drawing.width !== drawing.figure.clientWidth) && redraw());
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    addEventListener("beforeprint", () => {
        document.documentElement.dataset.scheme = "light";
        document.querySelectorAll("details:not([open])").forEach(closed => {
            closed.dataset.closed = "";
            closed.open = true;
        });
        redraw();
    });
    addEventListener("afterprint", () => {
        delete document.documentElement.dataset.scheme;
        document.querySelectorAll("details[data-closed]").forEach(opened => {
            opened.open = false;
            delete opened.dataset.closed;
        });
        redraw();
    });
})();
