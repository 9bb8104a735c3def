using System.CommandLine;

namespace Millrace.Cli;

/// <summary>Options that every command takes.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document (or one per line) instead of text.", Recursive = true };

    public static Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Print the trace of an unexpected error.", Recursive = true };
}
