using System.Reflection;
using VectorMigration.WindowsTests;
using Xunit.Abstractions;
using Xunit.Sdk;

// VectorMigration.WindowsTests ASSEMBLY [CLASS-OR-METHOD-LEFT-OUT ...]; the last line is "N passed, N failed, N skipped".
Assembly tests = Assembly.Load(new AssemblyName(args[0]));
using Sink sink = new(args[1..]);
using XunitTestFramework framework = new(sink);
using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(tests));
Options options = new();
discoverer.Find(includeSourceInformation: false, sink, options);
sink.Found.Wait();
Console.WriteLine($"{sink.Cases.Count} test cases, and {sink.LeftOut} left out");
using ITestFrameworkExecutor executor = framework.GetExecutor(tests.GetName());
executor.RunTests(sink.Cases, sink, options);
sink.Ended.Wait();
Console.WriteLine($"{sink.Passed} passed, {sink.Failed} failed, {sink.Skipped} skipped");
return sink.Failed == 0 ? 0 : 1;
