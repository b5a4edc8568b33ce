namespace VectorMigration.Tests;

/// <summary>Starts attempts at the pace that it finds, as the target of a real server does.</summary>
internal sealed class PacedTarget(IPointTarget target, TimeProvider time) : IPointTarget
{
    private readonly RequestPace pace = new(time);

    public string Collection => target.Collection;

    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) => new Prepared(pace, target.Prepare(batch, timeout, mostBytes));

    private sealed class Prepared(RequestPace pace, IPreparedBatch batch) : IPreparedBatch
    {
        public long Bytes => batch.Bytes;

        public async ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            PacedStart start = await pace.StartAsync(cancellationToken);
            WriteAnswer answer = await batch.SendAsync(cancellationToken);
            if (answer.Paced)
            {
                pace.Refused(start, answer.After);
            }
            else
            {
                pace.Passed(start);
            }

            return answer;
        }

        public void Dispose() => batch.Dispose();
    }
}
