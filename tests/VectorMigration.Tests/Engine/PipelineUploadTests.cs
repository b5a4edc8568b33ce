namespace VectorMigration.Tests;

public sealed class PipelineUploadTests
{
    private readonly Recorder recorder = new();

    [Fact]
    public async Task VectorsArriveInBatchesWithTheirPayloads()
    {
        var batches = new List<(int Count, string? Payload)>();
        var target = new ScriptedTarget((batch, _) =>
        {
            batches.Add((batch.Count, batch.Payload is null ? null : System.Text.Encoding.UTF8.GetString(batch.Payload[0].Span)));
            return WriteAnswer.Ok(1);
        });
        await using PipelineUpload upload = New(target, new UploadOptions { BatchSize = 100, ThrottleLimit = 1 });
        for (int i = 0; i < 250; i++)
        {
            await upload.AddAsync(i, i, PointId.FromNumber((ulong)i), [i, -i], i < 100 ? "{\"n\":1}"u8.ToArray() : default, default);
        }

        UploadOutcome outcome = await upload.CompleteAsync();
        outcome.Sent.ShouldBe(250);
        target.Applied[PointId.FromNumber(249)].ShouldBe([249f, -249f]);
        batches.ShouldBe([(100, "{\"n\":1}"), (100, null), (50, null)]);
    }

    [Fact]
    public async Task AFullUploadHoldsTheProducerBack()
    {
        var gated = new GatedTarget();
        await using PipelineUpload upload = New(gated, new UploadOptions { BatchSize = 1, ThrottleLimit = 1 });
        int added = 0;
        while (true)
        {
            ValueTask adding = upload.AddAsync(added, added, PointId.FromNumber((ulong)added), [1, 2], default, default);
            added++;
            if (!adding.IsCompleted)
            {
                // In flight, taken by the engine, waiting in the channel, and this one.
                await Task.Delay(50);
                if (!adding.IsCompleted)
                {
                    added.ShouldBeLessThanOrEqualTo(5);
                    _ = adding.AsTask();
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task AfterAStopVectorsAreDroppedAndTheOutcomeSaysWhy()
    {
        var target = new ScriptedTarget((_, _) => WriteAnswer.Stop("WrongApiKey", ErrorKind.Authentication, "Invalid API key or JWT", resumable: false, "check"));
        await using PipelineUpload upload = New(target, new UploadOptions { BatchSize = 2, ThrottleLimit = 2 });
        for (int i = 0; i < 1_000; i++)
        {
            await upload.AddAsync(i, i, PointId.FromNumber((ulong)i), [1, 2], default, default);
        }

        UploadOutcome outcome = await upload.CompleteAsync();
        outcome.Stop.ShouldNotBeNull().ErrorId.ShouldBe("WrongApiKey");
        outcome.Sent.ShouldBe(0);
    }

    [Fact]
    public async Task DisposeEndsWhatIsUnderWay()
    {
        var gated = new GatedTarget();
        PipelineUpload upload = New(gated, new UploadOptions { BatchSize = 1, ThrottleLimit = 2 });
        await upload.AddAsync(0, 0, PointId.FromNumber(0), [1, 2], default, default);
        await Eventually.BeTrue(() => gated.Started == 1, "an attempt should be under way");
        await upload.DisposeAsync();
        (await upload.Completion).Cancelled.ShouldBeTrue();
    }

    [Fact]
    public async Task AVectorOfAnotherDimensionIsAnError()
    {
        await using PipelineUpload upload = New(new ScriptedTarget((_, _) => WriteAnswer.Ok(1)), new UploadOptions());
        Should.Throw<ArgumentException>(() => { _ = upload.AddAsync(0, 0, PointId.FromNumber(0), [1, 2, 3], default, default).AsTask(); }).Message.ShouldContain("3 components; expected 2");
    }

    private PipelineUpload New(IPointTarget target, UploadOptions options) =>
        new(target, options, new FixedRetryPolicy(), 2, null, SourceIdentity.Objects, Guid.NewGuid(), recorder);
}
