using System.Globalization;
using System.Reflection;
using VectorMigration.WindowsTests;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

// VectorMigration.WindowsTests ASSEMBLY I/N SECONDS LIST SUITE ENDED: the tests of every Nth class of an assembly, from the Ith on. Without those that LIST
// leaves out of SUITE: each entry is a line LEFT OUT with its number of tests. Without the cases that the file ENDED names: each case that ends is a line
// CASE ID PASSED FAILED SKIPPED, and a process that goes on after one that died is given their ids. If all ended, the last line is "N passed, N failed,
// N skipped". If no test begins or ends for SECONDS, each test under way is a line HUNG, and there is no last line.
const int notEnded = 124;
Assembly tests = Assembly.Load(new AssemblyName(args[0]));
int[] group = [.. args[1].Split('/').Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];
TimeSpan limit = TimeSpan.FromSeconds(int.Parse(args[2], CultureInfo.InvariantCulture));
using Sink sink = new(LeftOut.Read(args[3], args[4]), File.ReadLines(args[5]));
using XunitTestFramework framework = new(sink);
using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(tests));
Options options = new();
IEnumerable<string> classes = tests.GetTypes().Where(static type => HasTests(type)).Select(static type => type.FullName!).Order(StringComparer.Ordinal)
    .Where((_, index) => index % group[1] == group[0] - 1);
foreach (string name in classes)
{
    sink.Found.Reset();
    discoverer.Find(name, includeSourceInformation: false, sink, options);
    sink.Found.Wait();
}

Console.WriteLine($"{sink.Cases.Count} test cases");
using ITestFrameworkExecutor executor = framework.GetExecutor(tests.GetName());
executor.RunTests(sink.Cases, sink, options);
bool ended;
do
{
    ended = sink.Ended.Wait(TimeSpan.FromSeconds(1));
}
while (!ended && sink.Quiet < limit);
sink.End();
if (ended)
{
    Console.WriteLine($"{sink.Passed} passed, {sink.Failed} failed, {sink.Skipped} skipped");
}

Console.Out.Flush();
// What is under way is not waited for.
Environment.Exit(ended ? Math.Min(sink.Failed, 1) : notEnded);

static bool HasTests(Type type) => type is { IsClass: true, IsAbstract: false }
    && Array.Exists(type.GetMethods(), static method => method.IsDefined(typeof(FactAttribute), inherit: true));
