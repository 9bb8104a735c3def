using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Runtime;

/// <summary>What metrics of rows share.</summary>
public sealed record RowMetricsContext
{
    /// <summary>Tags of all values: job and tenant.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Tags { get; init; } = [];

    /// <summary>What conditions and fields can call.</summary>
    public FunctionTable Functions { get; init; } = BuiltInFunctions.Table;

    /// <summary>Time and zone of conditions.</summary>
    public EvaluationContext Evaluation { get; init; } = new();

    /// <summary>Sets of label values that a metric tells apart; each costs memory here and wherever metrics are kept.</summary>
    public int MaxSeries { get; init; } = 1000;

    /// <summary>Gets remarks, each once.</summary>
    public Action<string> Note { get; init; } = static _ => { };
}

/// <summary>
/// Makes metrics out of rows: a stage beside whatever writes them. Batches are borrowed and looked at as they pass; what they
/// give is told at <see cref="Commit"/>, so that rows that were given up do not count. One thread uses it. A row that a metric
/// cannot be computed for does not count in it, and harms nobody else.
/// </summary>
public sealed class RowMetrics : IDisposable
{
    private const string Source = "rows";

    private readonly List<RowMetric> _metrics = [];

    private RowMetrics()
    {
    }

    /// <summary>Prepares metrics for rows of some columns.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="context">What they share.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<RowMetrics> OpenAsync(IReadOnlyList<MetricAnnotation> metrics, Schema schema, RowMetricsContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(context);
        var made = new RowMetrics();
        try
        {
            foreach (MetricAnnotation metric in metrics)
            {
                RowQuery query = await BindAsync(metric, schema, context, cancellation).ConfigureAwait(false);
                made._metrics.Add(new RowMetric(metric, query, [.. query.Columns.Select(schema.Require)], context));
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the rows of a batch, which is borrowed.</summary>
    public void Add(RecordBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (RowMetric metric in _metrics)
        {
            metric.Add(batch);
        }
    }

    /// <summary>Tells what the rows since the last commit have given.</summary>
    public void Commit() => _metrics.ForEach(m => m.Commit());

    /// <summary>Forgets the rows since the last commit.</summary>
    public void Discard() => _metrics.ForEach(m => m.Discard());

    public void Dispose() => _metrics.ForEach(m => m.Dispose());

    private static async ValueTask<RowQuery> BindAsync(MetricAnnotation metric, Schema schema, RowMetricsContext context, CancellationToken cancellation)
    {
        var items = new List<SelectItem>();
        if (metric.Field is { } field)
        {
            items.Add(Item(new CastSyntax(field.Syntax, new TypeSyntax("double"), Try: false), items.Count));
        }

        foreach (AnnotatedExpression label in metric.Labels)
        {
            items.Add(Item(new CastSyntax(label.Syntax, new TypeSyntax("varchar"), Try: false), items.Count));
        }

        if (items.Count == 0)
        {
            items.Add(Item(new LiteralSyntax(LiteralKind.Boolean, "true"), 0));
        }

        BoundQuery bound;
        try
        {
            bound = await BindAsync(items, metric.Condition?.Syntax, schema, context, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            await LocateAsync(metric, schema, context, cancellation).ConfigureAwait(false);
            throw e.At(new ErrorPlace { Offset = metric.Span.Start });
        }

        return RowQuery.TryOf(bound)
            ?? throw RowMetricErrors.NotRowByRow.Error($"The metric '{metric.Name}' looks at more than one row at a time.", new ErrorPlace { Offset = metric.Span.Start });
    }

    // Each part of a metric has a text of its own, in which places are counted; the part that is wrong alone tells the place.
    private static async ValueTask LocateAsync(MetricAnnotation metric, Schema schema, RowMetricsContext context, CancellationToken cancellation)
    {
        AnnotatedExpression?[] parts = [metric.Condition, metric.Field, .. metric.Labels];
        foreach (AnnotatedExpression part in parts.OfType<AnnotatedExpression>())
        {
            try
            {
                bool isCondition = ReferenceEquals(part, metric.Condition);
                await BindAsync([Item(isCondition ? new LiteralSyntax(LiteralKind.Boolean, "true") : part.Syntax, 0)], isCondition ? part.Syntax : null, schema, context, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e)
            {
                throw part.Locate(e);
            }
        }
    }

    private static async ValueTask<BoundQuery> BindAsync(IReadOnlyList<SelectItem> items, ExpressionSyntax? condition, Schema schema, RowMetricsContext context, CancellationToken cancellation)
    {
        using var table = new MemoryTable(Source, schema);
        var catalog = new MemoryCatalog();
        catalog.Add(table);
        var select = new SelectSyntax { Items = items, From = new NamedTable(new QualifiedName([new Identifier(Source)])), Where = condition };
        return await QueryBinder.BindAsync(new QuerySyntax(select), catalog, context.Functions, cancellation).ConfigureAwait(false);
    }

    private static SelectItem Item(ExpressionSyntax expression, int number) => new(expression, new Identifier($"c{number}"));
}
