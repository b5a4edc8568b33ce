// Sends the vectors of a Flat index with Qdrant's official .NET client: batches of 256, 4 at once, vectors in memory before the clock starts.
// VectorMigration.DotnetPeer URL INDEX COUNT DIMENSION; prints {"seconds":…,"cpu":…}.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Qdrant.Client;
using Qdrant.Client.Grpc;

const int HeadBytes = 45;
const int BatchSize = 256;
const int Parallel = 4;

var endpoint = new Uri(args[0]);
int count = int.Parse(args[2], CultureInfo.InvariantCulture);
int dimension = int.Parse(args[3], CultureInfo.InvariantCulture);
float[][] vectors = new float[count][];
using (FileStream file = File.OpenRead(args[1]))
{
    file.Position = HeadBytes;
    for (int row = 0; row < count; row++)
    {
        vectors[row] = new float[dimension];
        file.ReadExactly(MemoryMarshal.AsBytes(vectors[row].AsSpan()));
    }
}

string collection = "peer-" + Guid.NewGuid().ToString("N");
using QdrantClient client = new(endpoint);
await client.CreateCollectionAsync(collection, new VectorParams { Size = (ulong)dimension, Distance = Distance.Euclid });

int next = 0;
TimeSpan cpu = Environment.CpuUsage.TotalTime;
long started = Stopwatch.GetTimestamp();
await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(SendAsync)));
TimeSpan took = Stopwatch.GetElapsedTime(started);
TimeSpan used = Environment.CpuUsage.TotalTime - cpu;

ulong there = await client.CountAsync(collection, exact: true);
await client.DeleteCollectionAsync(collection);
if (there != (ulong)count)
{
    Console.Error.WriteLine($"{there} of {count} points arrived");
    return 1;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"seconds\":{took.TotalSeconds},\"cpu\":{used.TotalSeconds}}}"));
return 0;

async Task SendAsync()
{
    while (true)
    {
        int end = Interlocked.Add(ref next, BatchSize);
        int start = end - BatchSize;
        if (start >= count)
        {
            return;
        }

        PointStruct[] points = new PointStruct[Math.Min(count, end) - start];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new PointStruct { Id = (ulong)(start + i), Vectors = vectors[start + i] };
        }

        await client.UpsertAsync(collection, points, wait: true);
    }
}
