using System.CommandLine.Completions;
using Millrace.Formats;

namespace Millrace.Cli;

internal static class FormatNames
{
    public static IEnumerable<CompletionItem> All => FormatRegistry.BuiltIn.All.Select(f => new CompletionItem(f.Name, detail: f.Summary));
}
