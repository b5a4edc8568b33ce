using System.Globalization;
using System.Reflection;
using VectorMigration.WindowsTests;
using Xunit.Abstractions;
using Xunit.Sdk;

// VectorMigration.WindowsTests ASSEMBLY SECONDS LIST SUITE [PART-OF-A-NAME ...]: the tests of an assembly, or those whose names have one of the parts.
// Without those that LIST leaves out of SUITE. The last line is "N passed, N failed, N skipped". After SECONDS the tests under way have failed.
Assembly tests = Assembly.Load(new AssemblyName(args[0]));
TimeSpan limit = TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture));
using Sink sink = new(LeftOut.Read(args[2], args[3]), args[4..]);
using XunitTestFramework framework = new(sink);
using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(tests));
Options options = new();
discoverer.Find(includeSourceInformation: false, sink, options);
sink.Found.Wait();
Console.WriteLine($"{sink.Cases.Count} test cases");
using ITestFrameworkExecutor executor = framework.GetExecutor(tests.GetName());
executor.RunTests(sink.Cases, sink, options);
bool ended = sink.Ended.Wait(limit);
int failed = sink.End(ended);
Console.WriteLine($"{sink.Passed} passed, {failed} failed, {sink.Skipped} skipped");
Console.Out.Flush();
// What is under way is not waited for.
Environment.Exit(failed == 0 ? 0 : 1);
