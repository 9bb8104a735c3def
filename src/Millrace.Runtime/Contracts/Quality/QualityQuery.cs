using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Runtime.Contracts;

/// <summary>The query of a quality rule over the rows of an epoch.</summary>
internal sealed partial class QualityQuery
{
    private const long Memory = 64 << 20;

    /// <summary>Names in braces that stand for the rows and the column of the rule.</summary>
    public static IReadOnlyList<string> Placeholders { get; } = ["table", "object", "column", "property"];

    private readonly SourceText _text;
    private readonly QuerySyntax _query;

    private QualityQuery(QualityRule rule, SourceText text, QuerySyntax query) => (Rule, _text, _query) = (rule, text, query);

    public QualityRule Rule { get; }

    /// <summary>What the number has to be.</summary>
    public Threshold Threshold { get; private set; } = null!;

    /// <summary>Columns that the query reads.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>Binds the query of a rule to the columns of the rows.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="asset">Its contract, by whose names the query can call the rows.</param>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<QualityQuery> OpenAsync(QualityRule rule, AssetSpec asset, Schema schema, CancellationToken cancellation)
    {
        var text = new SourceText(Fill(rule.Spec.Query!, rule.Column?.Name), $"{asset.Name} (quality rule {rule.Name})");
        if (SqlParser.ParseStatement(text) is not QueryStatement statement)
        {
            throw ContractErrors.BadRule(rule.Name, "is no query: SELECT … FROM {object}");
        }

        var made = new QualityQuery(rule, text, statement.Query);
        await made.BindAsync(asset, schema, cancellation).ConfigureAwait(false);
        return made;
    }

    /// <summary>The number that the query gives; null for none.</summary>
    public async Task<double?> RunAsync(AssetSpec asset, KeptRows rows, CancellationToken cancellation)
    {
        var context = new QueryContext
        {
            Lanes = 1,
            Memory = new MemoryBudget(Memory),
            OnRowFaults = new FaultReport(FailOnRowError.Instance).Report,
            Cancellation = cancellation,
        };
        double? value = null;
        long count = 0;
        try
        {
            QueryResult result = await SqlEngine.QueryAsync(_query, new Catalog(asset, rows), BuiltInFunctions.Table, context, cancellation).ConfigureAwait(false);
            await foreach (RecordBatch batch in result.Rows.ConfigureAwait(false))
            {
                using (batch)
                {
                    count += batch.Length;
                    value ??= batch.Length == 0 ? null : Number(batch[0]);
                }
            }
        }
        catch (MillraceException e)
        {
            throw _text.Locate(e);
        }

        return count <= 1 ? value : throw ContractErrors.BadRule(Rule.Name, $"gives {count} rows where one number is needed");
    }

    private async Task BindAsync(AssetSpec asset, Schema schema, CancellationToken cancellation)
    {
        using var rows = new KeptRows(schema);
        BoundQuery bound;
        try
        {
            bound = await QueryBinder.BindAsync(_query, new Catalog(asset, rows), BuiltInFunctions.Table, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw _text.Locate(e);
        }

        if (bound.Plan.Output.Count != 1)
        {
            throw ContractErrors.BadRule(Rule.Name, $"gives {bound.Plan.Output.Count} columns where one number is needed");
        }

        DataType type = bound.Plan.Output[0].Type;
        bool isBoolean = type.Id == TypeId.Boolean;
        if (!isBoolean && !type.IsNumeric)
        {
            throw ContractErrors.BadRule(Rule.Name, $"gives values of {type} where a number or boolean is needed");
        }

        Threshold = !Rule.Threshold.IsEmpty ? Rule.Threshold
            : isBoolean ? Threshold.True(Rule.Name)
            : throw ContractErrors.BadRule(Rule.Name, "does not say what its number must be");
        Columns = [.. Scanned(bound.Plan).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Scanned(LogicalPlan plan)
        => plan is LogicalScan scan ? scan.Columns.Select(c => c.Name) : plan.Inputs.SelectMany(Scanned);

    // A number as it is written, whatever its type.
    private static double? Number(Column column) => column.IsNull(0) ? null
        : ContractMessages.Shown(column, 0).Trim('"') is var text && text is "true" or "false" ? (text == "true" ? 1 : 0)
        : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Fill(string query, string? column) => Placeholder().Replace(query, found => found.Groups[1].Value switch
    {
        "table" or "object" => SqlNames.Quote(Catalog.Rows),
        _ when column is not null => SqlNames.Quote(column),
        _ => found.Value,
    });

    [GeneratedRegex(@"\$?\{(table|object|column|property)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    // The rows under the names that the contract has for them, whatever schema is written before.
    private sealed class Catalog(AssetSpec asset, KeptRows rows) : ISqlCatalog
    {
        public const string Rows = "rows";

        private readonly HashSet<string> _names = new(NamesOf(asset), StringComparer.OrdinalIgnoreCase);

        public IReadOnlyCollection<string> Names => _names;

        public ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation) => new(_names.Contains(name.Last.Text) ? rows : null);

        public QuerySyntax? FindView(QualifiedName name) => null;

        public ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation)
            => throw CatalogErrors.CannotOpenCode.Error($"'{location}' cannot be opened by a quality rule, which looks at the rows that are loaded.", hint: "Compare with another dataset by `foreign`.");

        private static IEnumerable<string> NamesOf(AssetSpec asset)
        {
            var about = asset.SchemaObject as OptionMap;
            string?[] names = [Rows, asset.Name, asset.Object, (about?["name"] as OptionScalar)?.Text, (about?["physicalName"] as OptionScalar)?.Text];
            return names.OfType<string>().Select(n => n[(n.LastIndexOf('.') + 1)..]);
        }
    }
}
