using System.Globalization;
using VectorMigration.Line;

const string Usage = """
    usage: vector-migration-line --to HOST:PORT [--listen PORT] [--round-trip MS] [--jitter MS] [--mbit N] [--window BYTES] [--handshake]
    A TCP proxy on 127.0.0.1 that makes the way to HOST:PORT long. Prints its port, and ends with its standard input.
    """;

var values = new Dictionary<string, string>();
for (int i = 0; i < args.Length; i++)
{
    bool flag = args[i] == "--handshake";
    if (!args[i].StartsWith("--", StringComparison.Ordinal) || (!flag && i + 1 == args.Length))
    {
        return Refuse(args[i]);
    }

    values[args[i]] = flag ? "true" : args[++i];
}

string[] known = ["--to", "--listen", "--round-trip", "--jitter", "--mbit", "--window", "--handshake"];
if (values.Keys.FirstOrDefault(name => !known.Contains(name)) is string unknown)
{
    return Refuse(unknown);
}

string to = values.GetValueOrDefault("--to", string.Empty);
int colon = to.LastIndexOf(':');
if (colon <= 0 || !ushort.TryParse(to.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
{
    return Refuse("--to " + to);
}

LineOptions standard = new();
LineOptions options = new()
{
    Delay = TimeSpan.FromMilliseconds(Number("--round-trip", 0) / 2),
    Jitter = TimeSpan.FromMilliseconds(Number("--jitter", 0)),
    BytesPerSecond = (long)(Number("--mbit", 0) * 125_000),
    Window = (int)Number("--window", standard.Window),
    Handshake = values.ContainsKey("--handshake"),
};
LongLine line = LongLine.Open(to[..colon], port, options, (int)Number("--listen", 0));
await using (line.ConfigureAwait(false))
{
    Console.WriteLine(line.Port.ToString(CultureInfo.InvariantCulture));
    while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null)
    {
    }
}

return 0;

double Number(string name, double otherwise) =>
    values.TryGetValue(name, out string? text) ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : otherwise;

static int Refuse(string what)
{
    Console.Error.WriteLine($"not understood: {what}");
    Console.Error.WriteLine(Usage);
    return 2;
}
