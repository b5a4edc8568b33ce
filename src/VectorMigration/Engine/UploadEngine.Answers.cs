using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Engine;

/// <summary>What each answer leads to: the only place where a batch changes from one state to another.</summary>
internal sealed partial class UploadEngine
{
    private void DrainAnswers()
    {
        while (answers.Reader.TryRead(out UploadAnswered answered))
        {
            Take(answered);
        }
    }

    private void Take(UploadAnswered answered)
    {
        CountUnderWay(-1);
        UploadWork work = answered.Work;
        if (answered.Answer is not WriteAnswer answer)
        {
            flow.Abandon(answered.Permit);
            ready.AddFirst(work);
            TellInFlight();
            if (answered.Fault is not OperationCanceledException)
            {
                stop ??= answered.Fault as MigrationException ?? CommonErrors.Unexpected(answered.Fault!);
            }

            return;
        }

        work.Bytes = answer.Bytes;
        work.RateLimited += answer.RateLimited ? 1 : 0;
        var sample = new FlowSample(answer.Outcome, work.Batch.Count, answer.Bytes, answered.Latency, answer.RateLimited || answer.Paced)
        {
            After = answer.After,
            Paced = answer.Paced,
        };
        flow.Release(answered.Permit, sample);
        TellFlow();
        TellInFlight();
        TellKept(work.AttemptStartedAt, answer.RateWait);
        observer.OnEvent(new AttemptEnded(runId, time.GetUtcNow(), work.Number, work.Attempts, sample, answer.ErrorId, answer.Reason));
        switch (answer.Outcome)
        {
            case WriteOutcome.Ok:
                Acknowledge(work, answer);
                break;
            case WriteOutcome.Retry:
                Again(work, answer);
                break;
            case WriteOutcome.Split when work.Batch.Count > 1:
                ready.AddFirst(Halve(work));
                break;
            case WriteOutcome.Reject when answer.Rows is { Count: > 0 } rows && rows.Count < work.Batch.Count:
                RejectRows(work, rows, answer);
                break;
            case WriteOutcome.Reject when answer.Rows is null && refusals.Refused(work, answer):
                stop ??= UploadErrors.RefusesAll(answer, target.Collection);
                refusedFrom = refusals.First;
                TellEnded(work, BatchStatus.Failed, answer);
                ready.AddFirst(work);
                break;
            case WriteOutcome.Reject when answer.Rows is null && work.Batch.Count > 1:
                // Queue the parts behind what waits: trying them beside each other shows soonest whether all are refused.
                UploadWork first = Halve(work);
                UploadWork second = ready.First!.Value;
                ready.RemoveFirst();
                foreach (UploadWork half in (UploadWork[])[first, second])
                {
                    half.Depth++;
                    ready.AddLast(half);
                }

                break;
            case WriteOutcome.Stop:
                stop ??= UploadErrors.Stopped(answer, target.Collection);
                TellEnded(work, BatchStatus.Failed, answer);
                ready.AddFirst(work);
                break;
            default:
                Fail(work, answer);
                break;
        }
    }

    private void TellStarted(DateTimeOffset now, FlowPermit granted)
    {
        parallelism = granted.Parallelism;
        TellInFlight();
        TellKept(now - granted.KeptBack, granted.KeptBack);
    }

    private void TellInFlight() => observer.OnEvent(new InFlightChanged(runId, time.GetUtcNow(), inFlight) { Parallelism = parallelism });

    /// <summary>Tells of a wait for a rate limit.</summary>
    private void TellKept(DateTimeOffset from, TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
        {
            observer.OnEvent(new RateKept(runId, time.GetUtcNow(), from, wait));
        }
    }

    private void TellFlow()
    {
        while (flow.TakeChange() is FlowChange change)
        {
            observer.OnEvent(new FlowChanged(runId, time.GetUtcNow(), change));
        }
    }

    private void Acknowledge(UploadWork work, WriteAnswer answer)
    {
        // Only an attempt made after the pause shows that the target accepts points again.
        if (work.AttemptStartedAt >= pausedUntil)
        {
            probing = false;
            Raise();
        }

        lastProgress = time.GetUtcNow();
        retry.RecordSuccess();
        refusals.Taken();
        int notSent = answer.LeftThere + answer.AlreadyThere;
        sent += work.Batch.Count - notSent;
        leftThere += answer.LeftThere;
        alreadyThere += answer.AlreadyThere;
        TellEnded(work, notSent == work.Batch.Count ? BatchStatus.Skipped : BatchStatus.Completed, answer);
        Forget(work);
    }

    /// <summary>Puts a batch back. An announced wait pauses the whole pool and lets one attempt try first; otherwise the batch alone backs off.</summary>
    private void Again(UploadWork work, WriteAnswer answer)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool isPaused = control is { IsPaused: true };
        if (isPaused && answer.After is null)
        {
            // It was sent before the pause and is sent again after it: no failure counts meanwhile.
            ready.AddFirst(work);
            return;
        }

        bool givenUp = !isPaused && now - lastProgress > options.NoProgressTimeout;
        if (answer.After is TimeSpan asked && answer.Paced && !givenUp)
        {
            // Its target keeps that wait itself.
            observer.OnEvent(new PoolPaused(runId, now, asked, answer.Reason));
        }
        else if (answer.After is TimeSpan after && !givenUp)
        {
            probing = true;
            ceiling = 1;
            passedRound = 0;
            ready.AddFirst(work);
            if (now + after > pausedUntil)
            {
                pausedUntil = now + after;
                observer.OnEvent(new PoolPaused(runId, now, after, answer.Reason));
            }

            return;
        }

        TimeSpan delay = TimeSpan.Zero;
        if (answer.After is null && !(answer.Paced && answer.RateLimited))
        {
            retry.RecordFailure();
            givenUp |= retry.IsOpen;
            if (!answer.Paced)
            {
                work.Delays ??= retry.Begin();
                givenUp |= !work.Delays.TryNext(out delay);
            }
        }

        if (!givenUp && answer.Paced)
        {
            // The target starts the wait when the batch's turn has come.
            ready.AddFirst(work);
            return;
        }

        if (givenUp)
        {
            TimeSpan? withoutProgress = now - lastProgress > options.NoProgressTimeout ? options.NoProgressTimeout : null;
            stop ??= UploadErrors.GaveUp(answer, work.Attempts, target.Collection, withoutProgress);
            TellEnded(work, BatchStatus.Failed, answer);
            ready.AddFirst(work);
            return;
        }

        waiting.Enqueue(work, now + delay);
    }

    /// <summary>Lets more attempts run side by side again, little by little: all at once would only be refused all at once.</summary>
    private void Raise()
    {
        if (ceiling == int.MaxValue || ++passedRound < 2 * ceiling)
        {
            return;
        }

        passedRound = 0;
        ceiling = ceiling >= MostCeiling ? int.MaxValue : ceiling * 2;
    }

    /// <summary>Replaces a batch by its halves; the second waits in front of everything else, the first is the answer.</summary>
    private UploadWork Halve(UploadWork work)
    {
        int half = work.Batch.Count / 2;
        UploadWork first = work.Part(0, half);
        UploadWork second = work.Part(half, work.Batch.Count - half);
        Hold(first);
        Hold(second);
        ready.AddFirst(second);
        Forget(work);
        return first;
    }

    /// <summary>Fails the refused rows and sends the runs of rows between them again.</summary>
    private void RejectRows(UploadWork work, IReadOnlyList<int> rows, WriteAnswer answer)
    {
        var refused = new HashSet<int>(rows);
        int start = 0;
        while (start < work.Batch.Count)
        {
            int end = start + 1;
            while (end < work.Batch.Count && refused.Contains(end) == refused.Contains(start))
            {
                end++;
            }

            UploadWork part = work.Part(start, end - start);
            Hold(part);
            if (refused.Contains(start))
            {
                Fail(part, answer);
            }
            else
            {
                ready.AddLast(part);
            }

            start = end;
        }

        Forget(work);
    }

    private void Fail(UploadWork work, WriteAnswer answer)
    {
        lastProgress = time.GetUtcNow();
        failed += work.Batch.Count;
        TellEnded(work, BatchStatus.Failed, answer);
        Forget(work);
    }

    private void Hold(UploadWork work)
    {
        outstanding.Add(work);
        payloadBytes += work.PayloadBytes;
    }

    private void Forget(UploadWork work)
    {
        payloadBytes -= outstanding.Remove(work) ? work.PayloadBytes : 0;
        work.Dispose();
    }

    private void TellEnded(UploadWork work, BatchStatus status, WriteAnswer? answer)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset started = work.StartedAt ?? now;
        VectorBatch batch = work.Batch;
        observer.OnEvent(new BatchEnded(runId, now, new QdrantBatchResult
        {
            RunId = runId,
            Number = work.Number,
            Collection = target.Collection,
            FirstOrdinal = batch.FirstOrdinal,
            LastOrdinal = batch.LastOrdinal,
            PointIds = batch.PointIds.ToArray(),
            Count = batch.Count,
            Bytes = work.Bytes,
            StartedAt = started,
            Duration = now - started,
            Attempts = work.Attempts,
            RateLimited = work.RateLimited,
            Status = status,
            LeftThere = answer?.LeftThere ?? 0,
            AlreadyThere = answer?.AlreadyThere ?? 0,
            Error = status == BatchStatus.Failed ? answer?.Reason : null,
            ErrorId = status == BatchStatus.Failed ? answer?.ErrorId : null,
            ErrorKind = answer?.Kind,
            RecommendedAction = status == BatchStatus.Failed ? answer?.NextStep : null,
        })
        {
            Ordinals = batch.Ordinals(),
        });
    }
}
