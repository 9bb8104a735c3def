using System.Globalization;

namespace Millrace.Sql.Parsing;

/// <summary>Gives the annotations above a statement their meaning; what is wrong with one does not hide what is wrong with the next.</summary>
/// <param name="place">The place of a span, for errors.</param>
/// <param name="report">Gets errors.</param>
internal sealed class AnnotationReader(Func<TextSpan, ErrorPlace> place, Action<MillraceException> report)
{
    private const int MaxPartitions = 1024;
    private const int MaxBatch = 50_000;
    private const int MaxBuckets = 200;
    private const int MaxLabels = 16;

    // What each annotation makes of the statement, or of the metric above it.
    private static readonly Dictionary<string, Func<AnnotationReader, Annotation, StatementAnnotations, StatementAnnotations>> OfStatement = new(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = static (r, a, s) => s with { Name = a.Value },
        ["version"] = static (r, a, s) => s with { Version = a.Value },
        ["job_mode"] = static (r, a, s) => s with { JobMode = r.OneOf<JobMode>(a) ?? s.JobMode },
        ["batch_size"] = static (r, a, s) => s with { BatchSize = r.Count(a, MaxBatch) },
        ["num_partitions"] = static (r, a, s) => s with { Partitions = r.Count(a, MaxPartitions) },
        ["partitioning_strategy"] = static (r, a, s) => s with { Partitioning = r.OneOf<PartitioningStrategy>(a) ?? s.Partitioning },
        ["observability.metrics.enabled"] = static (r, a, s) => s with { MetricsEnabled = r.Truth(a) },
    };

    private static readonly Dictionary<string, Func<AnnotationReader, Annotation, MetricAnnotation, MetricAnnotation>> OfMetric = new(StringComparer.OrdinalIgnoreCase)
    {
        ["metric_type"] = static (r, a, m) => m with { Type = r.OneOf<MetricType>(a) ?? m.Type },
        ["metric_help"] = static (r, a, m) => m with { Help = a.Value },
        ["metric_labels"] = static (r, a, m) => m with { Labels = r.Labels(a) },
        ["metric_condition"] = static (r, a, m) => m with { Condition = r.Expression(a, a.Value, a.ValueSpan) },
        ["metric_field"] = static (r, a, m) => m with { Field = r.Expression(a, a.Value, a.ValueSpan) },
        ["metric_buckets"] = static (r, a, m) => m with { Buckets = r.Buckets(a) },
        ["metric_sample_rate"] = static (r, a, m) => m with { SampleRate = r.Share(a) },
    };

    private const string Metric = "metric";

    private static readonly string[] Names = [.. OfStatement.Keys, Metric, .. OfMetric.Keys];

    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MetricAnnotation> _metrics = [];

    /// <summary>Whether a comment that begins with the name means an annotation.</summary>
    public static bool Knows(string name) => name.Equals(Metric, StringComparison.OrdinalIgnoreCase) || OfStatement.ContainsKey(name) || OfMetric.ContainsKey(name);

    public StatementAnnotations Read(IReadOnlyList<Annotation> annotations)
    {
        var result = new StatementAnnotations();
        MetricAnnotation? metric = null;
        foreach (Annotation annotation in annotations)
        {
            if (!Knows(annotation.Name))
            {
                Fail(annotation.Span, $"There is no annotation '@{annotation.Name}'{NearestName.Suggest(annotation.Name, Names)}.", $"Annotations are {string.Join(", ", Names.Select(n => "@" + n))}.");
            }
            else if (annotation.Value.Length == 0 && !annotation.Name.Equals("observability.metrics.enabled", StringComparison.OrdinalIgnoreCase))
            {
                Fail(annotation.Span, $"@{annotation.Name} has no value; write `-- @{annotation.Name}: value`.");
            }
            else if (annotation.Name.Equals(Metric, StringComparison.OrdinalIgnoreCase))
            {
                Add(metric);
                metric = new MetricAnnotation(annotation.Value, annotation.Span);
                CheckName(annotation);
                _seen.RemoveWhere(OfMetric.ContainsKey);
            }
            else if (!_seen.Add(annotation.Name))
            {
                report(ParsingErrors.Twice(place(annotation.Span), $"@{annotation.Name}"));
            }
            else if (OfStatement.TryGetValue(annotation.Name, out var read))
            {
                result = read(this, annotation, result);
            }
            else if (metric is null)
            {
                Fail(annotation.Span, $"@{annotation.Name} stands before any metric.", "It belongs to the @metric above it.");
            }
            else
            {
                metric = OfMetric[annotation.Name](this, annotation, metric);
            }
        }

        Add(metric);
        return result with { Metrics = _metrics };
    }

    private void Add(MetricAnnotation? metric)
    {
        if (metric is null)
        {
            return;
        }

        if (metric.Type != MetricType.Counter && metric.Field is null)
        {
            Fail(metric.Span, $"The {metric.Type.ToString().ToLowerInvariant()} '{metric.Name}' has no field.", "@metric_field: column says what its values are.");
        }

        if (metric.Type != MetricType.Histogram && metric.Buckets.Count > 0)
        {
            Fail(metric.Span, $"The {metric.Type.ToString().ToLowerInvariant()} '{metric.Name}' has buckets.", "Only histograms have buckets: @metric_type: histogram.");
        }

        if (_metrics.Exists(m => m.Name == metric.Name))
        {
            report(ParsingErrors.Twice(place(metric.Span), $"The metric '{metric.Name}'"));
            return;
        }

        _metrics.Add(metric);
    }

    private void CheckName(Annotation annotation)
    {
        string name = annotation.Value;
        if (!(char.IsAsciiLetter(name[0]) || name[0] is '_' or ':') || name.Length > 255 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '.'))
        {
            Fail(annotation.ValueSpan, $"'{name}' is no name of a metric.", "Names have letters, digits, underscores, dots and colons, and begin with no digit: orders_total.");
        }
        else if (name.StartsWith("millrace.", StringComparison.Ordinal) || name.StartsWith("millrace_", StringComparison.Ordinal))
        {
            Fail(annotation.ValueSpan, $"'{name}' is a name of Millrace's own metrics.", "Begin it with something else than millrace.");
        }
    }

    private T? OneOf<T>(Annotation annotation)
        where T : struct, Enum
    {
        string[] values = Enum.GetNames<T>();
        int found = Array.FindIndex(values, v => v.Equals(annotation.Value.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        if (found >= 0)
        {
            return Enum.GetValues<T>()[found];
        }

        string[] written = [.. values.Select(v => v.ToLowerInvariant())];
        Fail(annotation.ValueSpan, $"'{annotation.Value}' is no value of @{annotation.Name}{NearestName.Suggest(annotation.Value, written)}; it takes {string.Join(", ", written)}.");
        return null;
    }

    private int? Count(Annotation annotation, int most)
    {
        if (int.TryParse(annotation.Value.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most)
        {
            return value;
        }

        Fail(annotation.ValueSpan, $"'{annotation.Value}' is no value of @{annotation.Name}; it takes a whole number from 1 to {most}.");
        return null;
    }

    private bool Truth(Annotation annotation)
    {
        if (annotation.Value is "" || bool.TryParse(annotation.Value, out bool value))
        {
            return annotation.Value is "" || bool.Parse(annotation.Value);
        }

        Fail(annotation.ValueSpan, $"'{annotation.Value}' is no value of @{annotation.Name}; it takes true or false.");
        return true;
    }

    private double Share(Annotation annotation)
    {
        if (double.TryParse(annotation.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= 1)
        {
            return value;
        }

        Fail(annotation.ValueSpan, $"'{annotation.Value}' is no value of @{annotation.Name}; it takes a number above 0, at most 1.");
        return 1;
    }

    private double[] Buckets(Annotation annotation)
    {
        string[] parts = annotation.Value.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries);
        var bounds = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length > MaxBuckets
                || !double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out bounds[i])
                || !double.IsFinite(bounds[i])
                || (i > 0 && bounds[i] <= bounds[i - 1]))
            {
                Fail(annotation.ValueSpan, $"'{annotation.Value}' is no value of @{annotation.Name}; it takes up to {MaxBuckets} numbers that ascend: 0.1, 0.5, 1.");
                return [];
            }
        }

        return bounds;
    }

    private List<AnnotatedExpression> Labels(Annotation annotation)
    {
        var labels = new List<AnnotatedExpression>();
        string text = annotation.Value;
        for (int start = 0; start <= text.Length;)
        {
            int end = text.IndexOf(',', start) is var comma and >= 0 ? comma : text.Length;
            string name = text[start..end];
            int skipped = name.Length - name.TrimStart().Length;
            var span = new TextSpan(annotation.ValueSpan.Start + start + skipped, name.Trim().Length);
            if (Expression(annotation, name.Trim(), span) is { } label)
            {
                if (label.Syntax is not NameSyntax)
                {
                    Fail(span, $"'{label.Text}' is no column; @{annotation.Name} takes names of columns with commas between them.");
                }
                else if (labels.Exists(l => ((NameSyntax)l.Syntax).Name.Last.Text == ((NameSyntax)label.Syntax).Name.Last.Text))
                {
                    report(ParsingErrors.Twice(place(span), $"The label '{label.Text}'"));
                }
                else
                {
                    labels.Add(label);
                }
            }

            start = end + 1;
        }

        if (labels.Count > MaxLabels)
        {
            Fail(annotation.ValueSpan, $"@{annotation.Name} names {labels.Count} columns; a metric has at most {MaxLabels} labels.");
        }

        return labels;
    }

    private AnnotatedExpression? Expression(Annotation annotation, string text, TextSpan span)
    {
        try
        {
            return new AnnotatedExpression(SqlParser.ParseExpression(new SourceText(text)), text, span);
        }
        catch (MillraceException e)
        {
            // Columns count from 1 and there is one line.
            int column = e.Place?.Column ?? 1;
            report(new MillraceException(e.Code, $"@{annotation.Name}: {e.Message}", place(new TextSpan(span.Start + column - 1, 1)), e.Hint, e));
            return null;
        }
    }

    private void Fail(TextSpan span, string message, string? hint = null) => report(ParsingErrors.Annotated(place(span), message, hint));
}
