using Millrace.Formats;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Catalog;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>A table of a query as it is read by the epoch loop: its source, the columns that are wanted, and the name that its splits have.</summary>
internal sealed class StreamTable : IAsyncDisposable
{
    private readonly StreamInput _input;
    private readonly TableInput? _connected;
    private readonly ColumnPlan? _columns;

    private StreamTable(StreamInput input, ISource source, TableInput? connected, string prefix)
    {
        (_input, Source, _connected, Prefix) = (input, source, connected, prefix);
        _columns = connected?.Choose(input.Columns.Count > 0 ? input.Columns : [((ConnectorTable)input.Table).NarrowestColumn()]);
    }

    public int Number => _input.Number;

    public ISource Source { get; }

    /// <summary>What its split keys begin with in the checkpoint of the job.</summary>
    public string Prefix { get; }

    /// <summary>Whether more rows may come at any time.</summary>
    public bool IsUnbounded => _input.Table.IsUnbounded;

    /// <summary>Whether it was read to its end, which a table that is not followed has.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Name for messages.</summary>
    public string Name => _input.Table.Name;

    /// <summary>Opens the source of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="others">Tables of the same query, whose names are taken.</param>
    /// <param name="context">What is known of the job.</param>
    public static StreamTable Of(StreamInput input, IReadOnlyList<StreamTable> others, ConnectorContext context)
    {
        string name = input.Table.Name.Trim('\'').Replace(":", "%3A", StringComparison.Ordinal);
        string prefix = name + ":";
        for (int i = 2; others.Any(t => t.Prefix == prefix); i++)
        {
            prefix = $"{name}#{i}:";
        }

        if (input.Table is not ConnectorTable table)
        {
            return new StreamTable(input, new MemoryTableSource((MemoryTable)input.Table, input.Columns), null, prefix);
        }

        TableInput connected = table.Input;
        ISource source = connected.Endpoint.Connector.OpenSource(connected.Endpoint.Options, context with { Parallelism = connected.Context.Parallelism });
        return new StreamTable(input, source, connected, prefix);
    }

    /// <summary>What is asked of the source.</summary>
    /// <param name="job">What is asked of all tables together.</param>
    public ReadRequest Request(ReadRequest job)
    {
        ReadRequest own = _connected?.Request(_columns) ?? new ReadRequest();
        return own with
        {
            Mode = ReadMode.Incremental,
            Follows = job.Follows && IsUnbounded,
            Since = Since(job.Since),
            BatchRows = job.BatchRows,
        };
    }

    /// <summary>The part of a checkpoint that is about this table.</summary>
    public Checkpoint? Since(Checkpoint? job) => job is null ? null : job with
    {
        Splits = job.Splits.Where(s => s.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(s => s.Key[Prefix.Length..], s => s.Value, StringComparer.Ordinal),
    };

    /// <summary>Makes batches of the input's columns of those of a plan.</summary>
    public RowShaper Shaper(IReadPlan plan) => Shaper(plan.Schema);

    /// <summary>Makes batches of the input's columns of rows with the columns of the source.</summary>
    public RowShaper Shaper(Columnar.Schema schema) => new(schema, _columns, _input.Table.Name);

    /// <summary>The same of rows that have the input's columns by name.</summary>
    public RowShaper InputShaper(Columnar.Schema schema) => new(schema, new ColumnPlan([.. _input.Columns.Select(c => new OutputColumn(c, c, null, false))]), _input.Table.Name);

    /// <summary>Columns of rows that a stage set aside, with those of the input that it has not read and that are null in them.</summary>
    public Columnar.Schema WithInputColumns(Columnar.Schema rows) => new(
    [
        .. rows.Fields,
        .. _input.Table.Schema.Fields.Concat(_input.Table.SystemColumns).Where(f => _input.Columns.Contains(f.Name) && rows.IndexOf(f.Name) < 0).Select(f => f.WithNullable(true)),
    ]);

    /// <summary>Remembers that a column needs a wider type.</summary>
    public void Widen(SchemaWideningException e) => _connected?.Explain(e);

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
