using System.Runtime.CompilerServices;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// A file of the repository that code generates. The test fails when the file is stale; with the environment variable
/// <c>MILLRACE_UPDATE_DOCS=1</c> it rewrites the file, and the review reads the difference.
/// </summary>
public static class GoldenFile
{
    public const string UpdateVariable = "MILLRACE_UPDATE_DOCS";

    /// <summary>Asserts that a file holds the generated text.</summary>
    /// <param name="path">From the root of the repository, with forward slashes.</param>
    /// <param name="generated">What the file is to hold; lines end in a line feed.</param>
    /// <param name="caller">Filled in by the compiler; where the search for the root starts.</param>
    public static void Assert(string path, string generated, [CallerFilePath] string caller = "")
    {
        string full = Path.Combine(Root(caller), path);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, generated);
            return;
        }

        string found = File.Exists(full) ? File.ReadAllText(full) : "";
        if (found != generated)
        {
            Xunit.Assert.Fail($"{path} is stale: {FirstDifference(found, generated)} Run the test with {UpdateVariable}=1 to rewrite it.");
        }
    }

    /// <summary>The folder that holds the solution file.</summary>
    public static string Root([CallerFilePath] string caller = "")
    {
        for (string? folder = Path.GetDirectoryName(caller); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Millrace.slnx")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{caller}' holds Millrace.slnx.");
    }

    private static string FirstDifference(string found, string expected)
    {
        string[] a = found.Split('\n');
        string[] b = expected.Split('\n');
        int line = 0;
        while (line < a.Length && line < b.Length && a[line] == b[line])
        {
            line++;
        }

        return $"line {line + 1} is '{(line < a.Length ? a[line] : "")}', expected '{(line < b.Length ? b[line] : "")}'.";
    }
}
