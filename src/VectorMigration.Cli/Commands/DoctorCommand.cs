using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>doctor [PATH]</c>: what stands in the way of a run, before it begins.</summary>
internal sealed class DoctorCommand
{
    private readonly CommandContext context;
    private readonly ConnectionArguments connection = new(DiagnosisRequest.UsualTimeout.TotalSeconds);
    private readonly Argument<string?> path = new("PATH")
    {
        Description = "index of the run, or the folder that a framework saved (default: none)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> collection = new("--collection") { Description = "collection of the run (default: none)", HelpName = "C" };
    private readonly Option<string?> vectorName = new("--vector-name")
    {
        Description = "name of the vector in the collection (default: the unnamed vector)",
        HelpName = "V",
    };

    private readonly Option<string> logDirectory = new("--log-dir")
    {
        Description = "log folder of the run (default logs)",
        HelpName = "D",
        DefaultValueFactory = static _ => "logs",
    };

    private readonly Option<bool> allowWrite = new("--allow-write")
    {
        Description = "measure throughput by writing to a scratch collection, which is removed (default: by reading points of the collection)",
    };

    private readonly Option<double> budget = Numbers.Seconds(
        "--budget", "time for measuring throughput (0 measures nothing)", 0, 60, DiagnosisRequest.UsualMeasuring.TotalSeconds);

    private readonly Option<bool> verbose = Switches.Verbose();

    private DoctorCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        DoctorCommand doctor = new(context);
        Command command = new("doctor", "Checks the server, the line and this machine before a run. Changes nothing without --allow-write. "
            + "Exit code 0: no check failed; 1: a check failed.");
        command.Add(doctor.path);
        command.Add(doctor.collection);
        command.Add(doctor.vectorName);
        doctor.connection.AddTo(command);
        foreach (Option option in (Option[])[doctor.logDirectory, doctor.allowWrite, doctor.budget, Switches.Json(), doctor.verbose])
        {
            command.Add(option);
        }

        command.SetAction(doctor.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        using QdrantConnection server = connection.Connect(parsed, context);
        DiagnosisRequest request = Request(parsed, server);
        using DiagnosisInput input = DiagnosisInput.Open(
            parsed.GetValue(path) is { Length: > 0 } index ? FileNames.Full(index) : null, request.LogDirectory, Screen.Warn, cancellationToken);
        using IServerProbe probe = Parts.OpenProbe(server);
        ConnectionDiagnosis diagnosis = new(probe, Parts.OpenStore(server), input.Apply(request), TimeProvider.System);
        List<ConnectionCheck> checks = [];
        try
        {
            await foreach (ConnectionCheck check in diagnosis.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                ConnectionCheck told = check with { Finding = Screen.Told(check.Finding), Advice = Screen.Told(check.Advice) };
                checks.Add(told);
                Screen.ShowCheck(told);
            }
        }
        catch (OperationCanceledException) when (diagnosis.LeftBehind is string left)
        {
            Screen.Warn(left);
            throw;
        }

        int failed = checks.Count(static check => check.Status == CheckStatus.Fail);
        Screen.Print(CheckText.Summary(checks));
        MigrationStatus status = failed == 0 ? MigrationStatus.Completed : MigrationStatus.Failed;
        Screen.WriteJson(new DoctorOutput(status, ExitCodes.Of(status), checks), ResultJson.Context.DoctorOutput);
        return ExitCodes.Of(status);
    }

    private DiagnosisRequest Request(ParseResult parsed, QdrantConnection server)
    {
        string? name = parsed.GetValue(collection) is { Length: > 0 } given ? given : null;
        if (name is not null)
        {
            CollectionNames.Require(name);
        }

        string folder = FileNames.Full(parsed.GetRequiredValue(logDirectory));
        return new DiagnosisRequest
        {
            Connection = server.Options,
            HasKey = server.HasApiKey,
            Collection = name,
            VectorName = parsed.GetValue(vectorName) is { Length: > 0 } vector ? vector : null,
            LogDirectory = folder,
            AllowWrite = parsed.GetValue(allowWrite),
            Measuring = TimeSpan.FromSeconds(parsed.GetValue(budget)),
            History = new LoggedRuns(folder),
            NewRetry = () => Parts.NewRetryPolicy(server.Options.Timeout),
        };
    }
}
