using VectorMigration.Bench;

if (args is ["reader", string indexPath, string size])
{
    return ReadingPart.RunAsChild(indexPath, int.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["payload", string keyedIndex, string keyedRows])
{
    return PayloadPart.RunAsChild(keyedIndex, keyedRows);
}

string part = args.Length > 0 ? args[0] : "all";
bool quick = args.Contains("--quick");
var parts = new Dictionary<string, Func<Workshop, Task>>
{
    ["limit"] = LimitPart.RunAsync,
    ["distance"] = DistancePart.RunAsync,
    ["indexing"] = IndexingPart.RunAsync,
    ["scale"] = ScalePart.RunAsync,
    ["pipeline"] = PipelinePart.RunAsync,
    ["memory"] = ReadingPart.RunMemoryAsync,
    ["reading"] = ReadingPart.RunAsync,
    ["decoding"] = DecodingPart.RunAsync,
    ["payload"] = PayloadPart.RunAsync,
    ["texts"] = TextsPart.RunAsync,
    ["metrics"] = MetricsPart.RunAsync,
    ["tune"] = TuningPart.RunAsync,
};
if (part != "all" && !parts.ContainsKey(part))
{
    Console.Error.WriteLine($"usage: ./build.sh bench [all|{string.Join('|', parts.Keys)}|micro] [--quick]");
    return 2;
}

await using Workshop workshop = new(quick);
foreach ((string name, Func<Workshop, Task> run) in parts)
{
    if (part == "all" || part == name)
    {
        await run(workshop);
    }
}

return 0;
