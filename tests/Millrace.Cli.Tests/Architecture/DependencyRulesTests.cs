using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Millrace.Cli.Tests.Architecture;

/// <summary>The table of docs/architecture.md, held against the project files and the sources.</summary>
public sealed partial class DependencyRulesTests
{
    // Lowest first. A project uses only what its row names, directly or through those.
    private static readonly Dictionary<string, string[]> Uses = new()
    {
        ["Columnar"] = [],
        ["Formats"] = ["Columnar"],
        ["Sdk"] = ["Columnar"],
        ["Sql"] = ["Columnar"],
        ["Storage"] = ["Sdk"],
        ["Runtime"] = ["Sql", "Formats", "Storage", "Sdk"],
        ["Connectors"] = ["Sdk", "Formats", "Storage"],
        ["Cli"] = ["Runtime", "Connectors"],
    };

    // A third-party package is named by one project only.
    private static readonly Dictionary<string, string> PackageOwners = new()
    {
        ["AWSSDK.S3"] = "Storage",
        ["AWSSDK.SecurityToken"] = "Storage",
        ["Azure.Identity"] = "Storage",
        ["Google.Apis.Auth"] = "Storage",
        ["Microsoft.Extensions.Logging.Abstractions"] = "Runtime",
        ["Npgsql"] = "Connectors",
        ["YamlDotNet"] = "Runtime",
        ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = "Cli",
        ["Spectre.Console"] = "Cli",
        ["System.CommandLine"] = "Cli",
    };

    private static readonly string Source = Path.Combine(TestKit.GoldenFile.Root(), "src");

    [Fact]
    public void Every_project_is_in_the_table()
        => Assert.Equal(
            Uses.Keys.Order(),
            Directory.GetDirectories(Source).Select(d => Path.GetFileName(d)["Millrace.".Length..]).Order());

    [Fact]
    public void Project_files_reference_only_what_the_table_allows()
    {
        var faults = new List<string>();
        foreach ((string project, XDocument file) in Projects())
        {
            foreach (string reference in Items(file, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p)["Millrace.".Length..]))
            {
                if (!Uses[project].Contains(reference))
                {
                    faults.Add($"Millrace.{project}.csproj references Millrace.{reference}");
                }
            }

            foreach (string package in Items(file, "PackageReference"))
            {
                if (PackageOwners.GetValueOrDefault(package) != project)
                {
                    faults.Add($"Millrace.{project}.csproj references the package {package}");
                }
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Sources_use_only_namespaces_below_their_project()
    {
        var faults = new List<string>();
        foreach ((string project, string path, string used) in Usings())
        {
            string root = used.Split('.')[1];
            if (root != project && Uses.ContainsKey(root) && !Below(project).Contains(root))
            {
                faults.Add($"{Path.GetRelativePath(Source, path)} uses {used}");
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void A_connector_uses_no_other_connector()
    {
        var faults = new List<string>();
        foreach ((string project, string path, string used) in Usings())
        {
            string[] parts = Path.GetRelativePath(Source, path).Split(Path.DirectorySeparatorChar);
            string[] names = used.Split('.');
            if (project == "Connectors" && parts.Length > 2 && names is ["Millrace", "Connectors", var other, ..] && other != parts[1] && other != "Common")
            {
                faults.Add($"{string.Join('/', parts)} uses {used}");
            }
        }

        Assert.Empty(faults);
    }

    private static IEnumerable<(string Project, XDocument File)> Projects()
        => Uses.Keys.Select(p => (p, XDocument.Load(Path.Combine(Source, $"Millrace.{p}", $"Millrace.{p}.csproj"))));

    private static IEnumerable<string> Items(XDocument file, string name)
        => file.Descendants(name).Select(e => e.Attribute("Include")!.Value);

    private static HashSet<string> Below(string project)
        => [.. Uses[project], .. Uses[project].SelectMany(Below)];

    private static IEnumerable<(string Project, string Path, string Used)> Usings()
    {
        foreach (string project in Uses.Keys)
        {
            foreach (string path in Directory.EnumerateFiles(Path.Combine(Source, $"Millrace.{project}"), "*.cs", SearchOption.AllDirectories))
            {
                if (path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                {
                    continue;
                }

                foreach (Match match in UsingLine().Matches(File.ReadAllText(path)))
                {
                    yield return (project, path, match.Groups[1].Value);
                }
            }
        }
    }

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(Millrace\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
