using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Options of commands that may move several streams.</summary>
internal static class GroupOptions
{
    public static Option<long?> Parallel() => CountOption.Create("--parallel", $"Of several streams, how many are moved at once; {StreamGroup.DefaultParallel} by default.", "count", Pipeline.MaxThreads);

    public static Option<bool> Restart() => new("--restart") { Description = "Of several streams, move all again, also those that an unfinished run before has done." };
}
