namespace VectorMigration.Composition;

/// <summary>Jobs in slices, as both surfaces put them together.</summary>
internal static class Slices
{
    /// <summary>Opens the parts of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="warn">Told what memory a store takes that is loaded as a whole.</param>
    public static OpenPart Opener(SlicePlan plan, Action<string> warn) =>
        (part, asked) => Parts.OpenPart(part, asked, plan.Options.NoStore, plan.Options.BinaryAs, warn);

    /// <summary>Plans a job in slices and writes the plan.</summary>
    /// <param name="parts">The parts in their order, one at least.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="kept">The options that the plan keeps.</param>
    /// <param name="slices">How many slices.</param>
    /// <param name="path">Full path of the plan.</param>
    /// <param name="replaces">It may take the place of a file.</param>
    /// <param name="warn">Told what is worth a warning.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="MigrationException">The job is refused, or the plan cannot be written.</exception>
    public static SlicePlan New(
        IReadOnlyList<JobPart> parts, MigrationOptions options, SlicePlanOptions kept, int slices, string path, bool replaces, Action<string> warn,
        CancellationToken cancellationToken)
    {
        SlicePlanner.Refuse(options);
        SlicePlan.RefuseToReplace(path, replaces);
        JobPlan job = new JobPlanner(options, (part, asked) => Parts.OpenPart(part, asked, kept.NoStore, kept.BinaryAs, warn), BadPart.Fail)
            .Plan(parts, null, null, cancellationToken);
        return Written(SlicePlanner.Of(job, kept, slices, path, DateTimeOffset.UtcNow), replaces);
    }

    /// <summary>Divides what the journals of a plan do not record as acknowledged, and writes the plan of that.</summary>
    /// <param name="before">Full path of the plan.</param>
    /// <param name="folders">Full paths of the log folders of its slices.</param>
    /// <param name="slices">How many slices.</param>
    /// <param name="path">Full path of the new plan.</param>
    /// <param name="replaces">It may take the place of a file.</param>
    /// <param name="warn">Told where no journal was found.</param>
    /// <exception cref="MigrationException">The plan or a journal cannot be read, or the new plan cannot be written.</exception>
    public static SlicePlan Cut(string before, IReadOnlyList<string> folders, int slices, string path, bool replaces, Action<string> warn)
    {
        SlicePlan plan = SlicePlan.Read(before);
        SlicePlan.RefuseToReplace(path, replaces);
        if (string.Equals(before, path, FilePaths.Comparison))
        {
            throw SliceErrors.OfItself(path);
        }

        IReadOnlyList<SliceState> states = SliceState.Gather(plan, folders);
        string absent = SliceErrors.NoFolders(SliceState.Absent(folders));
        if (absent.Length > 0 || !states.Any(static state => state.HasJournal))
        {
            int found = states.Count(static state => state.HasJournal);
            warn($"{absent}Journals of {Units.Count(found)} of {Units.Of(states.Count, "slice", "slices")} were found. "
                + "The slices of the new plan send every vector that none of them records as acknowledged.");
        }

        return Written(SlicePlanner.Cut(plan, states, slices, path, DateTimeOffset.UtcNow), replaces);
    }

    /// <summary>Waits until the collection is indexed.</summary>
    /// <param name="join">The join.</param>
    /// <param name="store">The server.</param>
    /// <param name="options">Its options.</param>
    /// <param name="timeout">Longest wait; null waits as long as the server gets anywhere.</param>
    /// <param name="observer">Told how far the index is.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="MigrationException">The index failed, or the server is lost.</exception>
    public static Task<IndexingResult> WaitAsync(
        SliceJoin join, IVectorStore store, MigrationOptions options, TimeSpan? timeout, IRunObserver observer, CancellationToken cancellationToken)
    {
        const string phase = "index";
        observer.OnEvent(new PhaseStarted(join.JoinId, DateTimeOffset.UtcNow, phase, 0));
        IndexWait wait = new(store, options.Collection, new IndexWaitLimits { Timeout = timeout, Outage = options.Upload.GiveUpAfter }, TimeProvider.System);
        return wait.RunAsync(
            (done, total) => observer.OnEvent(new PhaseAdvanced(join.JoinId, DateTimeOffset.UtcNow, phase, done, total)), cancellationToken);
    }

    /// <summary>Writes the result and the report of a join to the first log folder.</summary>
    /// <param name="join">The join.</param>
    /// <param name="result">Its result.</param>
    /// <param name="warn">Told what cannot be written.</param>
    public static MigrationResult Keep(SliceJoin join, MigrationResult result, Action<string> warn)
    {
        try
        {
            (string, Guid?)[] runs = [.. join.Runs.Select(static run => (run.Folder, (Guid?)run.Run))];
            result = runs.Length == 0 ? result
                : result with { ReportPath = Parts.WriteReport(runs, join.FileOf(".html"), join.Folder, CancellationToken.None).Path };
        }
        catch (MigrationException error)
        {
            warn($"There is no report of the job. {error.Message}");
        }

        try
        {
            Directory.CreateDirectory(join.Folder);
            WholeFile.Write(join.FileOf(".json"), System.Text.Encoding.UTF8.GetBytes(ResultJson.Of(result)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"The result of the job cannot be written to '{join.FileOf(".json")}': {CommonErrors.OneLine(error.Message)}");
        }

        return result;
    }

    private static SlicePlan Written(SlicePlan plan, bool replaces)
    {
        plan.Write(plan.Path, replaces);
        return SlicePlan.Read(plan.Path);
    }
}
