using System.Diagnostics;

namespace Millrace.Fuzz;

/// <summary>Feeds mutated inputs to one target until the time is over. Runs in a process of its own, since an input may end it.</summary>
internal static class Worker
{
    // As threads of the pool have, where inputs are read in production.
    private const int StackBytes = 1536 << 10;
    private const int MaxCrashes = 1000;

    public static void Run(IFuzzTarget target, FuzzArguments arguments, string statePath)
    {
        var thread = new Thread(() => Loop(target, arguments, statePath), StackBytes);
        thread.Start();
        thread.Join();
    }

    private static void Loop(IFuzzTarget target, FuzzArguments arguments, string statePath)
    {
        using var state = new SharedState(statePath);
        var random = new Random(arguments.Seed);
        List<byte[]> corpus = [.. Corpus.Load(arguments.CorpusFolder, target), .. target.Seeds(random)];
        var mutator = new Mutator(random, corpus, target.Tokens);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed < arguments.Duration && state.Crashes < MaxCrashes; i++)
        {
            // What is in the corpus comes first as it is.
            byte[] input = i < corpus.Count ? corpus[i] : mutator.Next();
            state.Begin(input);
            FuzzOutcome outcome = FuzzOutcome.Of(target, input);
            state.End(outcome.Rejected, outcome.Kind is not null);
            if (outcome.Kind is { } kind && seen.Add(outcome.Signature))
            {
                Reproducers.Save(arguments.OutputFolder, target.Name, kind, input, outcome.Detail);
            }
        }
    }
}
