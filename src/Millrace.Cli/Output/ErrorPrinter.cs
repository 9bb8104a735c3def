using System.Text.Json.Nodes;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Prints errors: on standard error for people, on standard output as JSON for programs.</summary>
internal static class ErrorPrinter
{
    public static void Print(MillraceException error, bool json)
    {
        if (json)
        {
            JsonOutput.Write(new JsonObject { ["error"] = ErrorJson.Of(error) });
            return;
        }

        if (error.Related.Count == 0)
        {
            PrintOne(error);
            return;
        }

        foreach (MillraceException fault in error.Related)
        {
            PrintOne(fault);
        }

        Console.Error.WriteLine($"{error.Related.Count} faults.");
    }

    private static void PrintOne(MillraceException error)
    {
        string place = error.Place?.ToString() ?? "";
        Console.Error.WriteLine(place.Length == 0 ? $"error {error.Code.Id}: {error.Message}" : $"error {error.Code.Id}: {place}: {error.Message}");
        if (error.Hint.Length > 0)
        {
            Console.Error.WriteLine($"  {error.Hint}");
        }
    }
}
