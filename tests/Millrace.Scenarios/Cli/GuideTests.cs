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

    [Theory]
    [MemberData(nameof(YamlBlocks))]
    public async Task Jobs_in_the_guides_are_valid(string page, int number, string yaml)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "job.yaml"), yaml, TestContext.Current.CancellationToken);

        MillraceResult result = await new MillraceProcess(folder.Path).RunAsync("validate", "job.yaml");

        Assert.True(result.ExitCode == 0, $"{page}, block {number}: {result.Errors}");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/guides/jobs.md")]
    [InlineData("docs/guides/files.md")]
    [InlineData("docs/guides/bad-rows.md")]
    [InlineData("docs/guides/failures.md")]
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

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
