namespace VectorMigration.Reporting;

/// <summary>The sections of one run, in the order in which one asks.</summary>
internal sealed class ReportSections(HtmlWriter html, RunReport run)
{
    private readonly RunSummary? summary = run.Summary;

    /// <summary>All of them.</summary>
    public void Write()
    {
        var verdict = Verdict.Of(run);
        html.Markup($"<div class=\"verdict {verdict.Style}\"><strong>").Text(Capital(verdict.Word)).Markup("</strong><br>").Text(verdict.Sentence)
            .Markup("</div>");
        Error();
        Tiles();
        Next();
        Facts("Source and target", SourceAndTarget());
        Facts("Counts", Counts());
        new ProofSection(html, run).Write();
        OverTime();
        Latencies();
        Batches("Slowest batches", run.Slowest);
        Batches("Failed batches", run.FailedBatches);
        Trouble();
        LeftOut();
        OtherRuns();
        Facts("Client", Client());
        Command();
    }

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private void Error()
    {
        if (summary?.Error is string error)
        {
            html.Markup("<p class=\"bad\"><strong>").Text(summary.ErrorId).Markup(":</strong> ").Text(error).Markup("</p>");
        }
    }

    private void Tiles()
    {
        html.Markup("<div class=\"tiles\">");
        Tile("duration", Units.Time(run.EndedAt - run.StartedAt));
        if (run.Perf is MigrationPerf perf)
        {
            Tile("vectors sent", Units.Count(perf.Vectors));
            Tile("vectors/s", Units.Count((long)perf.VectorsPerSecond));
            Tile("sent", Units.Bytes(perf.Bytes));
            Tile("batch, p50", Units.Time(perf.P50));
            Tile("batch, p99", Units.Time(perf.P99));
            Tile("success rate", perf.SuccessRate is double rate ? FormattableString.Invariant($"{rate:0.##} %") : "none");
        }

        if (summary?.Verification is { Mode: not VerificationMode.None } proof)
        {
            Tile("verified", $"{Units.Count(proof.Compared)} {(proof.Passed ? "✓" : "✗")}");
        }

        html.Markup("</div>");
    }

    private void Tile(string label, string value) => html.Markup("<div class=\"tile\">").Element("b", value).Element("span", label).Markup("</div>");

    private void Next()
    {
        html.Element("h2", "What to do next");
        html.Element("p", summary switch
        {
            null => WithoutSummary(),
            { RecommendedAction: string next } => next,
            { Status: MigrationStatus.Completed, Verification: { Passed: true, Mode: VerificationMode.Full } } =>
                "Point the application to the collection. Keep the index file until the application has been tested.",
            { Status: MigrationStatus.Completed } => "Verify the collection in full before you point the application to it.",
            { Status: MigrationStatus.Incomplete } => "The log of the run names the vectors and batches that were left out or failed. Correct what they "
                + "report. Then repair the collection: Test-VectorMigration -Repair, or vector-migration verify --repair.",
            _ => "Read the log of the run, fix the cause, and run the same command again.",
        });
        if (run.Perf is not null)
        {
            html.Element("h3", "How to go back");
            html.Element("p", (run.CreatesCollection
                ? $"The index was only read and is unchanged. This run created the collection '{run.Collection}'. To go back, point the application to the "
                    + "index again. The collection can be deleted if nothing else has been written to it since."
                : $"The index was only read and is unchanged. The collection '{run.Collection}' existed before. To go back, point the application to what it "
                    + "used before, and restore the collection from a snapshot if points were overwritten.")
                + $"{(run.Journal is null ? string.Empty : " The journal records which points this migration wrote.")}");
        }
    }

    private string WithoutSummary()
    {
        string then = run.Journal is null ? "It has no journal, so it starts from the first vector." : "It resumes from its journal.";
        return run.IsUnderWay switch
        {
            true => "Wait until the run has ended. To follow it, use Watch-VectorMigration or vector-migration watch.",
            false => $"Run the same command again. {then}",
            null => $"Check whether the run is still under way. If it is not, run the same command again. {then}",
        };
    }

    private IEnumerable<(string Label, string? Text)> SourceAndTarget()
    {
        yield return ("source", run.Source);
        RunSummaryPlan? plan = summary?.Plan;
        yield return ("file size", plan is { IndexBytes: > 0 } ? Units.Bytes(plan.IndexBytes) : null);
        yield return ("fingerprint", plan is null ? null : $"{plan.Fingerprint} (of the length and of samples of the file, for this tool; not its SHA-256)");
        yield return ("endpoint", summary?.Endpoint ?? run.Started?.Endpoint);
        yield return ("target", run.Collection);
        foreach (RunSummaryRow row in plan?.Rows?.Where(static row => row.Label != "journal") ?? [])
        {
            yield return (row.Label, row.Text);
        }

        foreach ((string label, string? text) in summary is null && run.Started is PlanLogRecord started ? Logged(started) : [])
        {
            yield return (label, text);
        }

        yield return ("journal", run.Journal);
        yield return ("log", run.LogPath);
        yield return ("tool", summary is null ? null : $"VectorMigration {summary.Version}");
        yield return ("run", run.RunId.ToString());
    }

    /// <summary>What the log has of the plan of a run that left no summary.</summary>
    private static IEnumerable<(string Label, string? Text)> Logged(PlanLogRecord started)
    {
        yield return ("index", started.Dimension == 0 ? started.Kind
            : $"{started.Kind}, {Units.Of(started.Dimension, "component", "components")}, {started.Metric}");
        yield return ("vectors", started.OriginalVectors is string originals ? $"from {originals}"
            : started.Codec is string codec ? $"decoded from {codec}" : null);
        yield return ("server", started.Server is { Length: > 0 } ? $"Qdrant {started.Server}{(started.Protocol is string way ? $", by {way}" : null)}" : null);
        yield return ("collection", started.Creates ? "created by this run" : "existed before this run");
        yield return ("distance", started.Distance?.ToString());
        yield return ("send", started.Count == 0 ? null
            : Units.Of(started.Count, "vector", "vectors") + (started.Offset > 0 ? $" from position {Units.Count(started.Offset)}" : null));
        yield return ("payload", started.Payload is null ? null : started.PayloadJoin is null ? started.Payload : $"{started.Payload}: {started.PayloadJoin}");
        yield return ("mapping", started.PayloadMapping);
        yield return ("ids", $"{started.IdMapping}{(started.IdFrom is IdOrigin origin ? $", from {origin}" : null)}");
        yield return ("pace", started.Flow);
    }

    private IEnumerable<(string Label, string? Text)> Counts()
    {
        if (summary is null)
        {
            yield return ("planned", Some(run.Started?.Count ?? 0));
            yield return ("acknowledged", Units.Count(run.Perf?.Vectors ?? 0));
            yield return ("failed", Some(run.Perf?.FailedVectors ?? 0));
            yield return ("skipped", Some(run.LeftOut));
            yield break;
        }

        MigrationCounts counts = summary.Counts;
        yield return ("planned", Units.Count(counts.Source));
        yield return ("sent", Units.Count(counts.Sent));
        yield return ("sent earlier", Some(counts.Skipped, "acknowledged in earlier runs"));
        yield return ("unchanged", Some(counts.AlreadyThere - counts.Equal, "equal points were in the collection already"));
        yield return ("created", Some(counts.Created));
        yield return ("repaired", Some(counts.Changed));
        yield return ("equal", Some(counts.Equal, "not sent, because their points are equal"));
        yield return ("vanished", Some(counts.Vanished, "points whose id the index no longer has"));
        yield return ("pruned", Some(counts.Pruned, "of them deleted"));
        yield return ("left behind", Some(counts.LeftBehind, "points of earlier runs at most; they keep ids that this run does not write"));
        yield return ("superseded", Some(counts.Superseded, "a later vector has the same id"));
        yield return ("invalid", Some(counts.Invalid, "not sent, because Qdrant cannot store them"));
        yield return ("no payload", Some(counts.WithoutPayload, "the payload file has no entry for them"));
        yield return ("surplus payloads", Some(counts.SurplusPayload, "ignored, because they belong to no vector"));
        yield return ("skipped", Some(counts.LeftThere, "not sent: points of other runs use their ids, or a merge found no point"));
        yield return ("failed", Some(counts.Failed));
        yield return ("points before", Units.Count(counts.PresentBefore));
        yield return ("index", summary.Indexing);
    }

    private IEnumerable<(string Label, string? Text)> Client()
    {
        yield return ("memory", summary?.Client is { } client ? $"{Units.Bytes(client.PeakMemory)} at most" : null);
        yield return ("CPU time", summary?.Client is { } used
            ? Units.Time(used.CpuTime) + (run.Perf is { Vectors: > 0 } perf
                ? FormattableString.Invariant($", {used.CpuTime.TotalMicroseconds / perf.Vectors:#,0.#} µs per vector sent") : string.Empty) : null);
        yield return ("system", summary?.Client?.System);
        yield return ("forecast", summary?.Plan?.Expected is TimeSpan expected
            ? $"{Units.Time(expected)} expected, {Units.Time(summary.Duration)} taken" : null);
        yield return ("lost log lines", Some(summary?.LostLogLines ?? 0));
        yield return ("damaged lines", Some(run.TornLines, "of the log were skipped"));
        foreach (ReportPhase phase in run.Phases)
        {
            yield return ($"phase: {phase.Name}", Units.Time(phase.Duration));
        }
    }

    private void OverTime()
    {
        if (run.Perf is null || run.Slices.Count == 0)
        {
            return;
        }

        double width = run.SliceWidth.TotalSeconds;
        TimeChart chart = new(run);
        html.Element("h2", "Over time");
        html.Markup("<p class=\"small soft\"><span class=\"key v\"></span>value<span class=\"key d\"></span>longest batch<span class=\"key p\"></span>"
            + "waiting for the server, or paused<span class=\"key o\"></span>server unreachable. Ticks below the axis are failed attempts.</p>");
        Figure("Throughput, vectors/s", () => chart.Write(html, "Throughput over time, vectors per second", slice => slice.Vectors / width, filled: true));
        Figure("Duration of a batch, seconds: mean, and the longest", () => chart.Write(html, "Duration of batches over time, seconds",
            static slice => slice.MeanLatency?.TotalSeconds, filled: false, static slice => slice.Batches == 0 ? null : slice.Longest.TotalSeconds));
        Figure("Batch size, vectors", () => chart.Write(html, "Batch size over time, vectors", static slice => slice.MeanBatchSize, filled: false));
    }

    private void Latencies()
    {
        if (run.Latencies.Count > 0)
        {
            html.Element("h2", "Batches by duration");
            Figure("Number of batches by duration", () => LatencyChart.Write(html, run.Latencies));
        }
    }

    private void Figure(string caption, Action draw)
    {
        html.Markup("<figure>").Element("figcaption", caption).Markup("<div class=\"scroll\">");
        draw();
        html.Markup("</div></figure>");
    }

    private void Batches(string title, IReadOnlyList<QdrantBatchResult> batches)
    {
        if (batches.Count == 0)
        {
            return;
        }

        html.Element("h2", title);
        html.Table(["batch", "start (UTC)", "vectors", "bytes", "duration", "attempts", "first position", "error"], [2, 3, 4, 5, 6],
            batches.Select(static batch => (string[])
            [
                Units.Count(batch.Number), HtmlTables.Time(batch.StartedAt), Units.Count(batch.Count), Units.Bytes(batch.Bytes), Units.Time(batch.Duration),
                Units.Count(batch.Attempts), Units.Count(batch.FirstOrdinal), batch.Error is null ? string.Empty : $"{batch.ErrorId}: {batch.Error}",
            ]), words: [0, 1]);
    }

    private void Trouble()
    {
        if (run.Steered.Count > 0)
        {
            html.Element("h2", "Steered from other sessions");
            html.Table(["at (UTC)", "action", "details", "by"], [], run.Steered.Select(static steered => (string[])
            [
                HtmlTables.Time(steered.At), steered.Action, steered.Action == "pace" ? steered.Text : string.Empty, steered.By,
            ]), words: [0, 1]);
            if (run.Paused > TimeSpan.Zero)
            {
                html.Element("p", $"Other sessions kept the run paused for {Units.Time(run.Paused)} in all.");
            }
        }

        if (run.Outages.Count > 0)
        {
            html.Element("h2", "Server unreachable");
            html.Table(["since (UTC)", "until (UTC)", "duration", "reason"], [2], run.Outages.Select(outage => (string[])
            [
                HtmlTables.Time(outage.Since), outage.Until is DateTime until ? HtmlTables.Time(until) : "end of the run",
                Units.Time((outage.Until ?? run.EndedAt.UtcDateTime) - outage.Since), outage.Reason,
            ]), words: [0, 1]);
        }

        if (run.Retries.Count > 0)
        {
            html.Element("h2", "Failed attempts by reason");
            html.Table(["reason", "attempts", "first message"], [1],
                run.Retries.Select(static reason => (string[])[reason.ErrorId, Units.Count(reason.Count), reason.Reason]), words: [0]);
        }

        if (run.RateLimited > TimeSpan.Zero)
        {
            html.Element("p", $"The server limited the rate. The upload was held to that limit for {Units.Time(run.RateLimited)} in all.");
        }

        if (run.Warnings.Count > 0)
        {
            html.Element("h2", "Warnings").Markup("<ul>");
            foreach (string warning in run.Warnings)
            {
                html.Element("li", warning);
            }

            html.Markup("</ul>");
        }
    }

    private void LeftOut()
    {
        if (run.FirstLeftOut.Count > 0)
        {
            html.Element("h2", $"Skipped vectors: {Units.Count(run.LeftOut)}");
            html.Table(["FAISS id", "position", "reason"], [0, 1],
                run.FirstLeftOut.Select(static vector => (string[])[Units.Count(vector.FaissId), Units.Count(vector.Ordinal), vector.Reason]));
            if (run.LeftOut > run.FirstLeftOut.Count)
            {
                html.Element("p", "The log names the others.");
            }
        }
    }

    private void OtherRuns()
    {
        if (run.OtherRuns.Count > 0)
        {
            html.Element("h2", "Other runs with the same journal");
            html.Table(["start (UTC)", "run", "end", "vectors sent"], [3], run.OtherRuns.Select(static other => (string[])
            [
                HtmlTables.Time(other.StartedAt), other.RunId.ToString(), other.Status?.ToString() ?? WithoutEnd(other),
                other.Sent is long sent ? Units.Count(sent) : "unknown",
            ]), words: [0, 1]);
        }
    }

    private static string WithoutEnd(ReportEarlierRun run) => run.IsUnderWay switch
    {
        true => "under way",
        false => "killed",
        null => "killed, or under way",
    };

    private void Facts(string title, IEnumerable<(string Label, string? Text)> facts)
    {
        (string Label, string? Text)[] known = [.. facts.Where(static fact => !string.IsNullOrEmpty(fact.Text))];
        if (known.Length > 0)
        {
            html.Element("h2", title).Facts(known);
        }
    }

    private void Command()
    {
        if (summary?.Command is string command)
        {
            html.Element("h2", "Command").Element("pre", command);
        }
    }

    private static string? Some(long count, string? what = null) => count == 0 ? null : what is null ? Units.Count(count) : $"{Units.Count(count)}: {what}";
}
