using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Millrace.Scenarios.Cli;

/// <summary>What the guides and the README show is true.</summary>
public sealed partial class GuideTests
{
    private static readonly string Root = GoldenFile.Root();

    public static TheoryData<string, int, string> YamlBlocks()
    {
        var blocks = new TheoryData<string, int, string>();
        foreach (string path in Directory.GetFiles(Path.Combine(Root, "docs", "guides"), "*.md").Append(Path.Combine(Root, "README.md")).Order(StringComparer.Ordinal))
        {
            int number = 0;
            foreach (Match match in YamlBlock().Matches(File.ReadAllText(path)))
            {
                blocks.Add(Path.GetRelativePath(Root, path), ++number, match.Groups[1].Value);
            }
        }

        return blocks;
    }

    // Blocks that begin with the name of their file; others refer to them by it.
    private static IEnumerable<(string Name, string Content)> NamedBlocks()
        => from row in YamlBlocks() let yaml = row.Data.Item3 where FileName().IsMatch(yaml) select (FileName().Match(yaml).Groups[1].Value, yaml);

    [Theory]
    [MemberData(nameof(YamlBlocks))]
    public async Task Jobs_in_the_guides_are_valid(string page, int number, string yaml)
    {
        using var folder = new TempFolder();
        foreach ((string name, string content) in NamedBlocks())
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name), content, TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "job.yaml"), yaml, TestContext.Current.CancellationToken);

        // Suites of tests and contracts are read by their own commands; a name that no test has makes the former only read.
        string[] command = yaml.Contains("\ntests:", StringComparison.Ordinal) ? ["test", "job.yaml", "--filter", "none of them"]
            : yaml.Contains("\nschema:", StringComparison.Ordinal) ? ["asset", "export", "job.yaml"]
            : ["validate", "job.yaml"];
        MillraceResult result = await new MillraceProcess(folder.Path).RunAsync(command);

        Assert.True(result.ExitCode == 0, $"{page}, block {number}: {result.Errors}");
    }

    public static TheoryData<string> Pages()
        => [.. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "README.md")).Select(p => Path.GetRelativePath(Root, p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
        foreach (Match match in Link().Matches(File.ReadAllText(Path.Combine(Root, page))))
        {
            string target = match.Groups[1].Value;
            if (!target.Contains("://", StringComparison.Ordinal))
            {
                Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}, which does not exist.");
            }
        }
    }

    [Fact]
    public async Task The_first_command_of_the_readme_does_what_it_says()
    {
        using var folder = new TempFolder();
        string example = Path.Combine(folder.Path, "examples", "birdstrikes");
        Directory.CreateDirectory(example);
        foreach (string file in Directory.GetFiles(Path.Combine(Root, "examples", "birdstrikes")))
        {
            File.Copy(file, Path.Combine(example, Path.GetFileName(file)));
        }

        var millrace = new MillraceProcess(folder.Path);
        MillraceResult run = await millrace.RunAsync("run", "examples/birdstrikes/job.yaml", "--json");
        MillraceResult preview = await millrace.RunAsync("preview", "out/birdstrikes/", "-n", "3", "--columns", "struck_on,state,species,phase,speed_knots,cost_usd");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(10_000, (long?)run.Json[^1]["rows"]);
        string readme = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains(preview.Output.Trim(), readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_crash_example_loses_and_doubles_nothing()
    {
        string root = Path.Combine(Path.GetTempPath(), $"millrace-crash-{Guid.NewGuid():N}");
        string example = Path.Combine(root, "examples", "crash");
        Directory.CreateDirectory(example);
        try
        {
            foreach (string file in Directory.GetFiles(Path.Combine(Root, "examples", "crash")))
            {
                File.Copy(file, Path.Combine(example, Path.GetFileName(file)));
            }

            string output = await BashAsync($"examples/crash/kill 5 200000 >&2 && examples/crash/compare", root);

            Assert.Equal("200000 rows written, 0 lost, 0 doubled", output.Trim());
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<string> BashAsync(string command, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MILLRACE"] = MillraceProcess.Program;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        return output;
    }

    [Fact]
    public async Task The_commands_of_the_guide_to_dead_letters_bring_every_row_home()
    {
        using var folder = new TempFolder();
        string page = await File.ReadAllTextAsync(Path.Combine(Root, "docs", "guides", "dead-letters.md"), TestContext.Current.CancellationToken);
        string job = YamlBlock().Match(page).Groups[1].Value;
        Directory.CreateDirectory(Path.Combine(folder.Path, "exports"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "exports", "orders.csv"), CsvBlock().Match(page).Groups[1].Value, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "job.yaml"), job, TestContext.Current.CancellationToken);
        var millrace = new MillraceProcess(folder.Path);
        foreach (string line in ShellBlock().Matches(page).SelectMany(m => m.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (line.StartsWith("sed ", StringComparison.Ordinal))
            {
                string[] change = line.Split('/');
                string path = Path.Combine(folder.Path, line.Split(' ')[^1]);
                await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace(change[1], change[2], StringComparison.Ordinal), TestContext.Current.CancellationToken);
                continue;
            }

            if (line.EndsWith("replay job.yaml --all", StringComparison.Ordinal))
            {
                string mended = job.Replace("exports/*.csv", "exports/*.csv, format: {name: csv, date_format: \"%d.%m.%Y\"}", StringComparison.Ordinal);
                await File.WriteAllTextAsync(Path.Combine(folder.Path, "job.yaml"), mended, TestContext.Current.CancellationToken);
            }

            MillraceResult result = await millrace.RunAsync(line.Split(' ')[1..]);
            Assert.True(result.ExitCode < 2, $"{line}: {result.Errors}");
        }

        string[] rows = [.. Directory.GetFiles(Path.Combine(folder.Path, "lake"), "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Order(StringComparer.Ordinal)];
        Assert.Equal(["1,2024-01-05,first", "2,2024-02-29,second", "3,2024-01-06,third"], rows);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, ".millrace", "dead-letters"), "*.jsonl", SearchOption.AllDirectories));
    }

    [GeneratedRegex("^```csv\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CsvBlock();

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\A# (\S+\.yaml)\n")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
