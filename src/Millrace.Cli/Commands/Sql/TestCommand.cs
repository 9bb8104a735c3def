using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime.Sql;

namespace Millrace.Cli;

/// <summary><c>millrace test suite.yaml</c>: runs tests of SQL, without any server.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var suites = new Argument<string[]>("suite") { Description = "Files of tests, or folders of them (*.test.yaml).", Arity = ArgumentArity.OneOrMore };
        var filter = new Option<string?>("--filter") { Description = "Run only tests whose names hold this text.", HelpName = "text" };
        var junit = new Option<string?>("--junit") { Description = "Write the results to this file too, as JUnit's XML.", HelpName = "file" };
        var command = new Command("test", "Run tests of SQL: millrace test suite.yaml") { suites, filter, junit };
        command.SetAction(async (parsed, cancellation) =>
        {
            var runner = new SuiteRunner(Composition.Connectors);
            var results = new List<SuiteResult>();
            foreach (string path in Files(parsed.GetRequiredValue(suites)))
            {
                SuiteResult result = await runner.RunAsync(path, parsed.GetValue(filter), cancellation).ConfigureAwait(false);
                results.Add(result);
                if (!parsed.GetValue(CommonOptions.Json))
                {
                    Print(result);
                }
            }

            if (parsed.GetValue(junit) is { } file)
            {
                File.WriteAllText(file, JUnitReport.Of(results));
            }

            int passed = results.Sum(r => r.Count(TestOutcome.Passed));
            int failed = results.Sum(r => r.Count(TestOutcome.Failed));
            int skipped = results.Sum(r => r.Count(TestOutcome.Skipped));
            JsonOutput.WriteOr(parsed.GetValue(CommonOptions.Json), ToJson(results), $"{passed} passed, {failed} failed, {skipped} skipped");
            return failed == 0 ? App.ExitOk : App.ExitPartial;
        });
        return command;
    }

    private static IEnumerable<string> Files(string[] paths)
        => paths.SelectMany<string, string>(p => Directory.Exists(p) ? Directory.EnumerateFiles(p, "*.test.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [p]);

    private static void Print(SuiteResult suite)
    {
        foreach (TestResult test in suite.Tests)
        {
            string mark = test.Outcome switch { TestOutcome.Passed => "ok  ", TestOutcome.Failed => "FAIL", _ => "skip" };
            Console.Out.WriteLine($"{mark} {suite.Name}: {test.Name} ({test.Duration.TotalMilliseconds:0} ms)");
            foreach (string fault in test.Faults)
            {
                Console.Out.WriteLine($"       {fault.ReplaceLineEndings("\n       ")}");
            }
        }
    }

    private static JsonObject ToJson(List<SuiteResult> results) => new()
    {
        ["suites"] = new JsonArray([.. results.Select(s => (JsonNode)new JsonObject
        {
            ["name"] = s.Name,
            ["file"] = s.Path,
            ["tests"] = new JsonArray([.. s.Tests.Select(t => (JsonNode)new JsonObject
            {
                ["name"] = t.Name,
                ["outcome"] = t.Outcome.ToString().ToLowerInvariant(),
                ["milliseconds"] = Math.Round(t.Duration.TotalMilliseconds, 3),
                ["faults"] = new JsonArray([.. t.Faults.Select(f => (JsonNode)f)]),
            })]),
        })]),
    };
}
