using Millrace.Fuzz;

const string Usage = """
    Feeds mutated inputs to parsers and reports what crashes them; see docs/guides/fuzzing.md.
      Millrace.Fuzz TARGET ... | all [--duration 30s|5m|8h] [--total] [--seed N] [--slow 10s] [--memory MIB] [--corpus FOLDER] [--out FOLDER]
      Millrace.Fuzz TARGET --replay FILE
    The duration is for each target, or with --total for all together. Exit code 0: no crash; 1: crashes; 2: wrong arguments.
    """;

FuzzArguments arguments;
try
{
    arguments = FuzzArguments.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{Usage}\nTargets: {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}");
    return 2;
}

if (arguments.StatePath is { } state)
{
    Worker.Run(arguments.Targets[0], arguments, state);
    return 0;
}

if (arguments.Replay is { } file)
{
    FuzzOutcome outcome = FuzzOutcome.Of(arguments.Targets[0], await File.ReadAllBytesAsync(file));
    Console.WriteLine(outcome.Kind is null ? outcome.Rejected ? "called wrong" : "accepted" : $"{outcome.Kind}\n{outcome.Detail}");
    return outcome.Kind is null ? 0 : 1;
}

long crashes = 0;
var supervisor = new Supervisor(arguments);
foreach (IFuzzTarget target in arguments.Targets)
{
    crashes += await supervisor.RunAsync(target);
}

Console.WriteLine(crashes == 0 ? "no crashes" : $"{crashes} crashes; reproducers are in {Path.GetFullPath(arguments.OutputFolder)}");
return crashes == 0 ? 0 : 1;
