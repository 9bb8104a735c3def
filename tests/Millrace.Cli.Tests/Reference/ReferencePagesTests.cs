using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Millrace.Connectors;
using Millrace.Runtime;
using Millrace.Sdk;
using Millrace.Sql.Functions;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Reference;

/// <summary>The pages under docs/reference and the schemas are what the code says; MILLRACE_UPDATE_DOCS=1 rewrites them.</summary>
public class ReferencePagesTests
{
    private static readonly ConnectorRegistry Connectors = new(BuiltInConnectors.Assembly);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> ConnectorNames => [.. Connectors.Names];

    public static TheoryData<string> FileKinds => [.. JsonSchemaGenerator.Kinds.Keys];

    [Theory]
    [MemberData(nameof(ConnectorNames))]
    public void Connector_pages_are_up_to_date(string name)
        => GoldenFile.Assert($"docs/reference/connectors/{name}.md", ConnectorReference.ToMarkdown(name, Connectors.Require(name)));

    [Theory]
    [MemberData(nameof(FileKinds))]
    public void Pages_of_configuration_files_are_up_to_date(string kind)
        => GoldenFile.Assert($"docs/reference/{kind}.md", FileReference.ToMarkdown(kind));

    [Theory]
    [MemberData(nameof(FileKinds))]
    public void Schemas_of_configuration_files_are_up_to_date(string kind)
        => GoldenFile.Assert($"schemas/{kind}.schema.json", JsonSchemaGenerator.Generate(kind, Connectors).ToJsonString(Indented) + "\n");

    [Fact]
    public void The_error_catalogue_is_up_to_date()
        => GoldenFile.Assert("docs/reference/errors.md", ErrorReference.ToMarkdown(ErrorReference.Codes(Assemblies())));

    [Fact]
    public void The_page_of_functions_is_up_to_date()
        => GoldenFile.Assert("docs/reference/functions.md", FunctionReference.ToMarkdown(BuiltInFunctions.Table));

    [Fact]
    public void The_page_of_metrics_spans_and_log_events_is_up_to_date()
        => GoldenFile.Assert("docs/reference/metrics.md", MetricReference.ToMarkdown());

    [Fact]
    public void Error_codes_are_unique()
    {
        IReadOnlyList<ErrorCode> codes = ErrorReference.Codes(Assemblies());
        Assert.NotEmpty(codes);
        Assert.Empty(codes.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Every_option_is_documented()
    {
        IEnumerable<Type> records = Connectors.All
            .SelectMany(c => new[] { c.Value.SourceOptions, c.Value.SinkOptions })
            .OfType<Type>()
            .Concat(JsonSchemaGenerator.Kinds.Values)
            .SelectMany(Groups);
        Assert.Empty(records.Distinct().SelectMany(OptionInfo.Of).Where(o => !o.IsRest && o.Doc.Length == 0).Select(o => $"{o.Property.DeclaringType!.Name}.{o.Property.Name}"));
    }

    [Fact]
    public void Pages_that_hints_and_descriptions_name_exist_with_their_headings()
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(GoldenFile.Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)];
        string[] named = [.. sources.SelectMany(s => Regex.Matches(s, @"docs/[^\s`""),;<]*")).Select(m => m.Value.TrimEnd('.')).Distinct()];

        Assert.NotEmpty(named);
        Assert.All(named, page => Assert.True(IsThere(page), $"{page} is no page, or has no such heading."));
    }

    // A text that is put together when it is shown ends where its first part does.
    private static bool IsThere(string page)
    {
        string[] parts = page.Split('{')[0].Split('#');
        return parts[0].EndsWith(".md", StringComparison.Ordinal) && File.Exists(Path.Combine(GoldenFile.Root(), parts[0]))
            && (parts.Length == 1 || File.ReadLines(Path.Combine(GoldenFile.Root(), parts[0])).Any(l => l.StartsWith('#') && Anchor(l).StartsWith(parts[1], StringComparison.Ordinal)));
    }

    // As GitHub and its kin make it: lower case, hyphens for spaces, no punctuation.
    private static string Anchor(string heading)
        => Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-'), @"[^\w-]", "");

    // A record and the groups of options in it.
    private static IEnumerable<Type> Groups(Type record)
    {
        yield return record;
        foreach (OptionInfo option in OptionInfo.Of(record))
        {
            Type type = option.Type != typeof(string) ? OptionBinder.ElementType(option.Type) ?? option.Type : option.Type;
            IEnumerable<Type> inner = typeof(OptionChoice).IsAssignableFrom(type)
                ? ((OptionChoice)Activator.CreateInstance(type, null, new OptionMap(new ErrorPlace()))!).Alternatives.Values
                : OptionBinder.IsRecord(type) && type != record ? [type] : [];
            foreach (Type group in inner.SelectMany(Groups))
            {
                yield return group;
            }
        }
    }

    private static IEnumerable<Assembly> Assemblies()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<Assembly>([typeof(App).Assembly]);
        while (queue.TryDequeue(out Assembly? assembly))
        {
            yield return assembly;
            foreach (AssemblyName name in assembly.GetReferencedAssemblies().Where(n => n.Name!.StartsWith("Millrace.", StringComparison.Ordinal) && seen.Add(n.Name)))
            {
                queue.Enqueue(Assembly.Load(name));
            }
        }
    }
}
